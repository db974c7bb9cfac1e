import type { Database, PlainQuery } from './database.js';
import type { Prisma } from './generated/client.js';
import { POSTGRESQL } from './traced-client.js';

interface Table {
  readonly model: Prisma.ModelName;
  readonly table: string;
  /** The names that Prisma has for the columns: `passwordHash` for `password_hash`. */
  readonly fields: Readonly<Record<string, string>>;
}

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
    this.query = {
      // oxlint-disable-next-line aerie/raw-sql -- of names in the schema, none of a request
      text: `SELECT ${columns.join(', ')} FROM ${of.table} WHERE id = $1`,
      operation: `${of.model.charAt(0).toLowerCase()}${of.model.slice(1)}.findUnique`,
      kind: 'read',
      span: `db ${of.model}.findUnique`,
      attributes: {
        ...POSTGRESQL,
        'db.operation.name': 'findUnique',
        'db.collection.name': of.model,
      },
    };
  }

  async find(id: string): Promise<Row | null> {
    const [row] = await this.database.readRows<Row>(this.of.model, this.query, [id]);
    return row ?? null;
  }
}

function columnOf(field: string): string {
  return `"${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`;
}
