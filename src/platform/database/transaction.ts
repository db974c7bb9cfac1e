import type { PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';

/** Said too late: the transaction has ended, and what is said now would be part of no transaction or of another one. */
export class TransactionOver extends Error {
  constructor() {
    super('the transaction is over');
  }
}

/** A statement failed, and its error went no further than `work`: PostgreSQL answers COMMIT with ROLLBACK then. */
export class NotCommitted extends Error {
  constructor() {
    super('the transaction was rolled back: one of its statements had failed');
  }
}

type NoteStatement = (sql: string, durationMs: number) => void;

/**
 * A transaction on a connection of the pool, from BEGIN to COMMIT or ROLLBACK. Statements go out in the
 * order in which they are said. From its end on, whatever ended it, every further one is refused: the
 * connection is somebody else's by then.
 */
export class Transaction {
  private readonly endListeners: (() => void)[] = [];
  private isOver = false;
  /** Settled when the statement before is answered: pg will take one at a time only. */
  private before: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly connection: PoolClient,
    private readonly noteStatement: NoteStatement,
  ) {
    // one that breaks is reported by the next statement; unheard, it would end the process
    connection.on('error', ignore);
  }

  async begin(): Promise<void> {
    await this.say('BEGIN');
  }

  /** Rejects with `TransactionOver` after the end. */
  async query<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>> {
    if (this.isOver) throw new TransactionOver();
    return this.inTurn(() => this.connection.query<Row>(statement));
  }

  /** Throws `TransactionOver` when it was rolled back before, `NotCommitted` when it cannot be committed. */
  async commit(): Promise<void> {
    if (this.isOver) throw new TransactionOver();
    const { command } = await this.end('COMMIT');
    if (command !== 'COMMIT') throw new NotCommitted();
  }

  /** Does nothing when it has ended. */
  async rollback(): Promise<void> {
    // what led here is what the caller hears of; a connection that cannot roll back is closed, which does
    if (!this.isOver) await this.end('ROLLBACK').catch(ignore);
  }

  /** Runs the listener when nothing more is taken, which may be now. */
  onEnd(listener: () => void): void {
    if (this.isOver) listener();
    else this.endListeners.push(listener);
  }

  private async end(statement: 'COMMIT' | 'ROLLBACK'): Promise<QueryResult> {
    this.isOver = true;
    for (const listener of this.endListeners) listener();
    try {
      const result = await this.say(statement);
      this.release();
      return result;
    } catch (error) {
      this.release(error as Error);
      throw error;
    }
  }

  private async say(statement: string): Promise<QueryResult> {
    return this.inTurn(async () => {
      const startedAt = performance.now();
      const result = await this.connection.query(statement);
      this.noteStatement(statement, performance.now() - startedAt);
      return result;
    });
  }

  private inTurn<T>(send: () => Promise<T>): Promise<T> {
    const answer = this.before.then(send);
    this.before = answer.catch(ignore);
    return answer;
  }

  /** With an error the connection is closed, and what is open on it rolled back. */
  private release(error?: Error): void {
    this.connection.removeListener('error', ignore);
    this.connection.release(error);
  }
}

function ignore(): void {}
