import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { isStalePlan } from './outage.js';

/** Takes a statement: the pool, on whichever connection is free, or a transaction on its own. */
export interface Connection {
  query<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>>;
}

/**
 * Statements with a name, which each connection keeps parsed and planned: half of what a look-up by id
 * costs the server. A migration that changes a column of theirs makes all that is kept useless.
 */
export class KeptStatements {
  private generation = 0;

  /** Throws what the connection says; after a change of the schema the next try has a new plan, wherever. */
  async query<Row extends QueryResultRow>(
    connection: Connection,
    { name, ...statement }: QueryConfig,
  ): Promise<QueryResult<Row>> {
    const { generation } = this;
    const kept = name !== undefined && { name: `${name} ${generation}` };
    try {
      return await connection.query<Row>({ ...statement, ...kept });
    } catch (error) {
      // the trace of who asked, and not of the socket that the answer came in by
      if (error instanceof Error) Error.captureStackTrace(error);
      if (generation === this.generation && isStalePlan(error)) this.generation++;
      throw error;
    }
  }
}
