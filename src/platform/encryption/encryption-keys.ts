import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { ENCRYPTION_KEY } from '../config/constraints.js';
import { StartFailure } from '../lifecycle/start-failure.js';
import { FieldCipher } from './field-cipher.js';
import { keptSecret } from './kept-secret.js';

/** The cipher with the keys of ENCRYPTION_KEYS; without them, with a key of this installation. */
export function openFieldCipher({ ENCRYPTION_KEYS, DATA_DIR }: Config): FieldCipher {
  return new FieldCipher(
    new Map((ENCRYPTION_KEYS ?? [developmentKey(DATA_DIR)]).map((entry) => readKey(entry))),
  );
}

function readKey(entry: string): [string, KeyObject] {
  const [id = '', base64 = ''] = entry.split(':');
  return [id, createSecretKey(Buffer.from(base64, 'base64'))];
}

/** Production never comes here: it refuses to start without ENCRYPTION_KEYS. */
function developmentKey(dataDirectory: string): string {
  const entry = keptSecret(
    join(dataDirectory, 'encryption-key'),
    () => `development:${randomBytes(32).toString('base64')}`,
  );
  if (ENCRYPTION_KEY.test(entry)) return entry;
  throw new StartFailure('encryption-key in DATA_DIR holds no key. Put back the one of old.');
}
