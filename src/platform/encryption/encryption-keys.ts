import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { FieldCipher } from './field-cipher.js';

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

/**
 * Production never comes here: it refuses to start without ENCRYPTION_KEYS. Of processes that start
 * together one makes the key and all use it: with another, what this one writes would be lost.
 */
function developmentKey(dataDirectory: string): string {
  const file = join(dataDirectory, 'encryption-key');
  const existing = contentOf(file);
  if (existing !== null) return existing;
  mkdirSync(dataDirectory, { recursive: true });
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, `development:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(beside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(beside, { force: true });
  }
  return contentOf(file)!;
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
