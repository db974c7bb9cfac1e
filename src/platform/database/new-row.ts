import type { Database } from './database.js';
import type { PlainQuery } from './plain-query.js';
import { columnOf, queryOf, type Table } from './table.js';

/**
 * Inserts a row past Prisma, for the few that many requests add: Prisma checks and plans each `create`
 * anew and reads the row back, which takes four times the processor time of the INSERT. All columns are
 * given, so that there is nothing to read back. Counted, traced and encrypted as `create` is.
 */
export class NewRow<Row extends object> {
  private readonly fields: readonly string[];
  private readonly query: PlainQuery;

  constructor(
    private readonly database: Database,
    private readonly of: Table,
  ) {
    this.fields = Object.values(of.fields);
    const columns = this.fields.map(columnOf).join(', ');
    const places = this.fields.map((_, index) => `$${index + 1}`).join(', ');
    // oxlint-disable-next-line aerie/raw-sql -- of names in the schema, none of a request
    const text = `INSERT INTO ${of.table} (${columns}) VALUES (${places})`;
    this.query = queryOf(of, 'create', 'write', text);
  }

  /** As `Database.write()`; throws what PostgreSQL says of a duplicate, see `isDuplicate`. */
  async insert(row: Row): Promise<void> {
    await this.database.writeRow(this.of.model, this.query, this.fields, row);
  }
}
