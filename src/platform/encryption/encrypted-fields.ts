import type { Prisma } from '../database/generated/client.js';

type ColumnOf<Model extends Prisma.ModelName> =
  keyof Prisma.TypeMap['model'][Model]['payload']['scalars'] & string;

/** A column that is encrypted, under its names in Prisma and in the database. */
export type EncryptedField = {
  readonly [Model in Prisma.ModelName]: {
    readonly model: Model;
    readonly field: ColumnOf<Model>;
    /** What identifies the row, a UUID that never changes: each value is bound to it. */
    readonly key: ColumnOf<Model>;
    readonly table: string;
    readonly column: string;
    readonly keyColumn: string;
  };
}[Prisma.ModelName];

/** What `/// @encrypted` marks in `prisma/schema.prisma`. */
export const encryptedFields: readonly EncryptedField[] = [
  { model: 'User', field: 'name', key: 'id', table: 'users', column: 'name', keyColumn: 'id' },
  {
    model: 'Totp',
    field: 'secret',
    key: 'userId',
    table: 'totp',
    column: 'secret',
    keyColumn: 'user_id',
  },
];

/** Where a value belongs. Signed with it, so that it is worth nothing in another column or row. */
export function placeOf({ table, column }: EncryptedField, key: string): string {
  return `${table}.${column} of ${key}`;
}
