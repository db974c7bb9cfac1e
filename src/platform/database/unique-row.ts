import type { Database } from './database.js';
import type { PlainQuery } from './plain-query.js';
import { columnOf, queryOf, type Table } from './table.js';

/**
 * Looks a row up by its id, or another column that is unique, past Prisma, for what many requests ask:
 * Prisma checks, plans and copies each `findUnique` anew, which takes several times the processor time
 * of the query itself. Counted, traced, bounded, and part of the open transaction as `findUnique` is.
 */
export class UniqueRow<Row extends object> {
  private readonly query: PlainQuery;

  constructor(
    private readonly database: Database,
    private readonly of: Table,
    key: keyof Row & string,
  ) {
    const columns = Object.values(of.fields).map((field) => `${columnOf(field)} AS "${field}"`);
    // oxlint-disable-next-line aerie/raw-sql -- of names in the schema, none of a request
    const text = `SELECT ${columns.join(', ')} FROM ${of.table} WHERE ${columnOf(key)} = $1`;
    this.query = queryOf(of, 'findUnique', 'read', text, key);
  }

  async find(value: string): Promise<Row | null> {
    const [row] = await this.database.readRows<Row>(this.of.model, this.query, [value]);
    return row ?? null;
  }
}
