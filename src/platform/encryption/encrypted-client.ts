import type { PrismaClient } from '../database/generated/client.js';
import { decryptedValue } from './decrypted-row.js';
import { encryptedFields } from './encrypted-fields.js';
import { encryptWrites } from './encrypted-writes.js';
import type { FieldCipher } from './field-cipher.js';
import { refuseConditions } from './misuse.js';

type Row = Record<string, unknown>;

/**
 * The same client, in which the marked columns are plain text for whoever writes or reads them, also
 * through relations. A value is decrypted when it is looked at and not before. Raw SQL goes past it.
 */
export function withEncryption(client: PrismaClient, cipher: FieldCipher): PrismaClient {
  const extended = client.$extends({
    name: 'encryption',
    result: decryptedColumns(cipher),
    query: {
      $allModels: {
        $allOperations({ model, args, query }) {
          refuseConditions(model, args);
          return query(encryptWrites(cipher, model, args));
        },
      },
    },
  });
  return extended as unknown as PrismaClient;
}

function decryptedColumns(cipher: FieldCipher) {
  const columns: Record<string, Record<string, object>> = {};
  for (const encrypted of encryptedFields) {
    const { model, field, key } = encrypted;
    const delegate = model.charAt(0).toLowerCase() + model.slice(1);
    (columns[delegate] ??= {})[field] = {
      needs: { [field]: true, [key]: true },
      compute: ({ [field]: stored, [key]: row }: Row) =>
        decryptedValue(cipher, encrypted, stored, row),
    };
  }
  return columns as Record<string, never>;
}
