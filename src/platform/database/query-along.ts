import { Query, type PoolClient, type QueryConfig, type QueryResult } from 'pg';
import { connectionOf } from './impatient-client.js';

/** What pg's `Query` and `Connection` have beyond their types. */
interface Wire {
  /** The statements with a name that the server has parsed on it. */
  readonly parsedStatements: Readonly<Record<string, string>>;
  bind(message: { portal: string; statement: string; values: [] }): void;
  execute(message: { portal: string; rows: number | undefined }): void;
  sync(): void;
}

interface WireQuery {
  /** Says Parse, unless it is kept, Bind, Describe, and what `_getRows` does. */
  prepare(connection: Wire): void;
  /** Says Execute and Sync, when all else is said. */
  _getRows(connection: Wire, rows: number | undefined): void;
}

const WireQuery = Query as unknown as new (
  config: QueryConfig & { readonly queryMode: 'extended' },
) => WireQuery;

/** A statement without values that the connection keeps under its own text. */
export type Kept = 'BEGIN' | 'COMMIT';

/**
 * A statement that another goes along with, before or behind it, in one message to the server and one
 * back. An error in one makes the server skip what follows, up to the end of the message (PostgreSQL's
 * manual, "Pipelining"): a statement is carried out within the transaction or not at all, and COMMIT
 * behind the statement or not at all.
 */
class QueryAlong extends WireQuery {
  constructor(
    statement: QueryConfig,
    private readonly along: { readonly before?: Kept; readonly behind?: Kept },
  ) {
    super({ ...statement, queryMode: 'extended' });
  }

  override prepare(connection: Wire): void {
    const { before } = this.along;
    if (before) say(connection, before);
    super.prepare(connection);
  }

  override _getRows(connection: Wire, rows: number | undefined): void {
    const { behind } = this.along;
    // eslint-disable-next-line no-underscore-dangle -- pg's own name for it
    if (!behind) return super._getRows(connection, rows);
    connection.execute({ portal: '', rows });
    say(connection, behind);
    connection.sync();
  }
}

function say(connection: Wire, statement: Kept): void {
  connection.bind({ portal: '', statement, values: [] });
  connection.execute({ portal: '', rows: undefined });
}

/** Makes a query by pg's callback: its own promise costs three. Rejects with what the server says. */
export function ask(connection: PoolClient, statement: QueryConfig): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    connection.query(statement, (error: Error | null, result) =>
      error ? reject(error) : resolve(result),
    );
  });
}

/** Whether the connection keeps it: one on which it was once asked by its name does. */
export function keeps(connection: PoolClient, statement: Kept): boolean {
  const { parsedStatements } = connectionOf(connection) as unknown as Wire;
  return parsedStatements[statement] !== undefined;
}

/** Makes the query with what goes along, which the connection keeps. Resolves with both results, in their order. */
export function askAlong(
  connection: PoolClient,
  statement: QueryConfig,
  along: { readonly before?: Kept; readonly behind?: Kept },
): Promise<[QueryResult, QueryResult]> {
  return new Promise((resolve, reject) => {
    const tell = (error: Error | null, results: unknown) =>
      error ? reject(error) : resolve(results as [QueryResult, QueryResult]);
    (connection.query as (query: object, tell: unknown) => void)(
      new QueryAlong(statement, along),
      tell,
    );
  });
}
