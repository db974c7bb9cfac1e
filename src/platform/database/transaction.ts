import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import { ImpatientClient } from './impatient-client.js';
import { ask, askAlong, keeps, type Kept } from './query-along.js';

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

const COMMITTED = { command: 'COMMIT' };

type NoteStatement = (sql: string, durationMs: number) => void;

/**
 * A transaction on a connection of the pool, from BEGIN to COMMIT or ROLLBACK. Statements go out in the
 * order in which they are said, the first with BEGIN, which saves the way there and back. From its end
 * on, whatever ended it, every further one is refused: the connection is somebody else's by then.
 */
export class Transaction {
  private readonly endListeners: (() => void)[] = [];
  private hasBegun = false;
  private over = false;
  private isLastOut = false;
  /** Settled when the statement before is answered: pg will take one at a time only. */
  private before: Promise<unknown> | undefined;

  constructor(
    private readonly connection: PoolClient,
    private readonly noteStatement: NoteStatement,
  ) {
    // one that breaks is reported by the next statement; unheard, it would end the process
    connection.on('error', ignore);
  }

  /** From now on nothing is taken. */
  get isOver(): boolean {
    return this.over;
  }

  /** Rejects with `TransactionOver` after the end. */
  query(statement: QueryConfig): Promise<QueryResult> {
    if (this.isOver) return Promise.reject(new TransactionOver());
    return this.inTurn(() =>
      this.hasBegun ? ask(this.connection, statement) : this.begin(statement),
    );
  }

  /**
   * Commits, with a last statement that goes out along with COMMIT. Throws `TransactionOver` when it was
   * rolled back before, `NotCommitted` when it cannot be committed; what the last statement is refused
   * for, after a rollback.
   */
  async commit(last?: QueryConfig): Promise<QueryResult | undefined> {
    if (this.isOver) throw new TransactionOver();
    this.stopTaking();
    try {
      const [result, command] = await this.inTurn(() => this.close(last));
      this.release();
      if (command !== 'COMMIT') throw new NotCommitted();
      return result;
    } catch (error) {
      if (!(error instanceof NotCommitted)) await this.undo();
      throw error;
    }
  }

  /** Does nothing when it has ended. */
  async rollback(): Promise<void> {
    if (this.isOver) return;
    this.stopTaking();
    await this.undo();
  }

  /**
   * At its limit: takes back what is not committed. A last statement that is with the server already, waiting
   * for a lock say, is cancelled there, and COMMIT behind it is skipped.
   */
  async expire(): Promise<void> {
    if (!this.isOver) return this.rollback();
    const { connection } = this;
    if (this.isLastOut && connection instanceof ImpatientClient) {
      connection.abandon(new TransactionOver());
    }
  }

  /** Runs the listener when nothing more is taken, which may be now. */
  onEnd(listener: () => void): void {
    if (this.isOver) listener();
    else this.endListeners.push(listener);
  }

  private async begin(first: QueryConfig): Promise<QueryResult> {
    this.hasBegun = true;
    if (keeps(this.connection, 'BEGIN')) {
      const [, result] = await askAlong(this.connection, first, { before: 'BEGIN' });
      return result;
    }
    await this.say('BEGIN');
    return ask(this.connection, first);
  }

  /** What the last statement is answered with, and COMMIT. */
  private async close(last?: QueryConfig): Promise<[QueryResult | undefined, string]> {
    if (last && this.hasBegun && keeps(this.connection, 'COMMIT')) {
      const startedAt = performance.now();
      const [result, { command }] = await this.sayLast(() =>
        askAlong(this.connection, last, { behind: 'COMMIT' }),
      );
      this.noteStatement('COMMIT', performance.now() - startedAt);
      return [result, command];
    }
    const result = last && (await this.sayLast(() => ask(this.connection, last)));
    // one statement is a transaction by itself, and none at all need not be said
    const { command } = this.hasBegun ? await this.say('COMMIT') : COMMITTED;
    return [result, command];
  }

  private async sayLast<T>(say: () => Promise<T>): Promise<T> {
    this.isLastOut = true;
    try {
      return await say();
    } finally {
      this.isLastOut = false;
    }
  }

  private async undo(): Promise<void> {
    try {
      if (this.hasBegun) await this.inTurn(() => this.say('ROLLBACK'));
      this.release();
    } catch (error) {
      // what led here is what the caller hears of; a connection that cannot roll back is closed, which does
      this.release(error as Error);
    }
  }

  private stopTaking(): void {
    this.over = true;
    for (const listener of this.endListeners) listener();
  }

  private async say(statement: Kept | 'ROLLBACK'): Promise<QueryResult> {
    const startedAt = performance.now();
    const result = await ask(this.connection, { name: statement, text: statement });
    this.noteStatement(statement, performance.now() - startedAt);
    return result;
  }

  private inTurn<T>(send: () => Promise<T>): Promise<T> {
    const answer = this.before ? this.before.then(send) : send();
    const answered = () => {
      if (this.before === settled) this.before = undefined;
    };
    const settled: Promise<void> = answer.then(answered, answered);
    this.before = settled;
    return answer;
  }

  /** With an error the connection is closed, and what is open on it rolled back. */
  private release(error?: Error): void {
    this.connection.removeListener('error', ignore);
    this.connection.release(error);
  }
}

function ignore(): void {}
