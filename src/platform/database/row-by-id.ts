import type { Database, PlainQuery } from './database.js';
import { columnOf, queryOf, type Table } from './table.js';

/**
 * Looks a row up by its id past Prisma, for what every request asks: Prisma checks, plans and copies
 * each `findUnique` anew, which takes several times the processor time of the query itself. Counted,
 * traced and bounded as `findUnique` is. Not for use in a transaction.
 */
export class RowById<Row extends object> {
  private readonly query: PlainQuery;

  constructor(
    private readonly database: Database,
    private readonly of: Table,
  ) {
    const columns = Object.values(of.fields).map((field) => `${columnOf(field)} AS "${field}"`);
    // oxlint-disable-next-line aerie/raw-sql -- of names in the schema, none of a request
    const text = `SELECT ${columns.join(', ')} FROM ${of.table} WHERE id = $1`;
    this.query = queryOf(of, 'findUnique', 'read', text);
  }

  async find(id: string): Promise<Row | null> {
    const [row] = await this.database.readRows<Row>(this.of.model, this.query, [id]);
    return row ?? null;
  }
}
