import { encryptedFields, placeOf, type EncryptedField } from './encrypted-fields.js';
import type { FieldCipher } from './field-cipher.js';
import { EncryptedFieldMisused, isObject, refuseNestedWrites } from './misuse.js';

type Row = Record<string, unknown>;

/** Prisma's arguments, with what they write to marked columns encrypted. Throws `EncryptedFieldMisused`. */
export function encryptWrites<Args extends object>(
  cipher: FieldCipher,
  model: string,
  args: Args,
): Args {
  const { data, create, update, where } = args as Row;
  if (data === undefined && create === undefined) return args;
  for (const row of [data, create, update].flat()) {
    if (isObject(row)) refuseNestedWrites(model, row);
  }
  const fields = encryptedFields.filter((encrypted) => encrypted.model === model);
  if (fields.length === 0) return args;

  const added = (row: unknown) => sealed(cipher, fields, row as Row, row as Row);
  const changed = (row: unknown) => {
    refuseMoves(fields, row as Row);
    return sealed(cipher, fields, row as Row, (where ?? {}) as Row);
  };
  const write = where === undefined ? added : changed;
  return {
    ...args,
    ...(data !== undefined && { data: Array.isArray(data) ? data.map(write) : write(data) }),
    ...(create !== undefined && { create: added(create) }),
    ...(update !== undefined && { update: changed(update) }),
  };
}

/** `identity` is what names the row: its own data when it is new, the condition when it changes. */
function sealed(
  cipher: FieldCipher,
  fields: readonly EncryptedField[],
  row: Row,
  identity: Row,
): Row {
  const result = { ...row };
  for (const encrypted of fields) {
    const value = row[encrypted.field];
    const text = isObject(value) ? value['set'] : value;
    if (typeof text !== 'string') continue; // null, or left as it is
    const key = identity[encrypted.key];
    if (typeof key !== 'string') throw withoutKey(encrypted);
    result[encrypted.field] = cipher.encrypt(text, placeOf(encrypted, key));
  }
  return result;
}

function withoutKey({ table, column, key }: EncryptedField): EncryptedFieldMisused {
  return new EncryptedFieldMisused(
    `${table}.${column} is encrypted for one row: say "${key}" as well, in the data of a new row, in the condition of a change`,
  );
}

function refuseMoves(fields: readonly EncryptedField[], row: Row): void {
  const moved = fields.find(({ key }) => row[key] !== undefined);
  if (!moved) return;
  throw new EncryptedFieldMisused(
    `"${moved.key}" never changes: ${moved.table}.${moved.column} is bound to it`,
  );
}
