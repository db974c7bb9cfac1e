import { encryptedFields, placeOf, type EncryptedField } from './encrypted-fields.js';
import type { FieldCipher } from './field-cipher.js';

type Row = Record<string, unknown>;

/** What stands in an encrypted column, as plain text. Throws `UndecryptableValue`. */
export function decryptedValue(
  cipher: FieldCipher,
  encrypted: EncryptedField,
  stored: unknown,
  key: unknown,
): string | null {
  if (typeof stored !== 'string') return null;
  return cipher.decrypt(stored, placeOf(encrypted, String(key)));
}

/**
 * The row, read past Prisma, with its encrypted columns as `withEncryption()` shows them: as plain
 * text, decrypted when looked at and not before.
 */
export function decryptedRow<T extends object>(
  cipher: FieldCipher,
  model: EncryptedField['model'] | (string & {}),
  row: T,
): T {
  const columns = row as Row;
  for (const encrypted of encryptedFields) {
    if (encrypted.model !== model) continue;
    const stored = columns[encrypted.field];
    const key = columns[encrypted.key];
    Object.defineProperty(row, encrypted.field, {
      enumerable: true,
      get: () => decryptedValue(cipher, encrypted, stored, key),
    });
  }
  return row;
}
