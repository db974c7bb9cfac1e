import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
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
  return keptSecret(
    join(dataDirectory, 'encryption-key'),
    () => `development:${randomBytes(32).toString('base64')}`,
  );
}
