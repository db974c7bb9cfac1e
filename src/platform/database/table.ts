import type { PlainQuery } from './plain-query.js';
import type { Prisma } from './generated/client.js';
import { POSTGRESQL } from './traced-client.js';

/** A table, as what goes past Prisma has to know it. */
export interface Table {
  readonly model: Prisma.ModelName;
  readonly table: string;
  /** The names that Prisma has for the columns: `passwordHash` for `password_hash`. */
  readonly fields: Readonly<Record<string, string>>;
}

export function columnOf(field: string): string {
  return `"${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`;
}

/** Counted and traced under the name that it has by Prisma: `user.findUnique`. `by` tells those of one name apart. */
export function queryOf(
  { model, table }: Table,
  operation: string,
  kind: PlainQuery['kind'],
  text: string,
  by = '',
): PlainQuery {
  return {
    name: `${table}.${operation} ${by}`.trim(),
    text,
    operation: `${model.charAt(0).toLowerCase()}${model.slice(1)}.${operation}`,
    kind,
    span: `db ${model}.${operation}`,
    attributes: {
      ...POSTGRESQL,
      'db.operation.name': operation,
      'db.collection.name': model,
    },
  };
}
