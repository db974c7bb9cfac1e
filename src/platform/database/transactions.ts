import { AsyncLocalStorage } from 'node:async_hooks';
import type { Pool, QueryConfig, QueryResult } from 'pg';
import type { PlainQuery } from './plain-query.js';
import type { PrismaClient, Prisma } from './generated/client.js';
import type { JoiningPool } from './joining-pool.js';
import type { QueryEvents } from './query-events.js';
import { Transaction, TransactionOver } from './transaction.js';

/** The longest that a timer can be set to: how long a transaction takes is bounded here. */
const NEVER_MS = 2 ** 31 - 1;

/** One that takes any number of rows, returns none, and is said last in a transaction: it goes out along with COMMIT. */
export interface LastStatement<Row> {
  readonly query: PlainQuery;
  valuesOf(rows: readonly Row[]): readonly unknown[];
  /** Is told how many were committed. */
  onCommitted(count: number): void;
}

interface Terms {
  readonly limitMs: number;
  readonly settled: (() => void)[];
  /** Says the last statement, if there is one, and COMMIT. */
  readonly commit: (transaction: OpenTransaction) => Promise<unknown>;
}

/** What code within a transaction has of it. */
export class OpenTransaction {
  private joined: Promise<Prisma.TransactionClient> | undefined;
  private readonly lastRows: unknown[] = [];
  private lastStatement: LastStatement<unknown> | undefined;

  constructor(
    private readonly transaction: Transaction,
    /** What is run when it has ended, in whatever way. */
    readonly settled: (() => void)[],
    private readonly join: (transaction: Transaction) => Promise<Prisma.TransactionClient>,
  ) {}

  query(statement: QueryConfig): Promise<QueryResult> {
    return this.transaction.query(statement);
  }

  /** Adds to what the last statement takes; of these there is one. Throws `TransactionOver` after the end. */
  addLast<Row>(statement: LastStatement<Row>, rows: readonly Row[]): void {
    if (this.transaction.isOver) throw new TransactionOver();
    this.lastStatement ??= statement as LastStatement<unknown>;
    if (this.lastStatement !== statement) throw new Error('another statement is to be the last');
    this.lastRows.push(...rows);
  }

  /** What is to be said last, and with what. */
  get last() {
    const { lastStatement: statement, lastRows: rows } = this;
    return statement && { statement, rows };
  }

  commit(last?: QueryConfig): Promise<QueryResult | undefined> {
    return this.transaction.commit(last);
  }

  /** Prisma's client for it, made when it is first asked for. */
  prisma(): Promise<Prisma.TransactionClient> {
    return (this.joined ??= this.join(this.transaction));
  }
}

/**
 * Transactions begun and ended here, in which Prisma takes part when it is asked to: an interactive one
 * of its own costs four times the processor time of the BEGIN and COMMIT in it, and a plain statement
 * within it twice what it costs on the connection.
 */
export class Transactions {
  private readonly open = new AsyncLocalStorage<OpenTransaction>();

  constructor(
    private readonly pool: Pool,
    private readonly joiningPool: JoiningPool,
    private readonly prisma: PrismaClient,
    private readonly events: QueryEvents,
  ) {}

  get current(): OpenTransaction | undefined {
    return this.open.getStore();
  }

  /** Commits what `work` writes, or nothing: it is rolled back when `work` throws, and at the limit. */
  async run<T>(work: () => Promise<T>, { limitMs, settled, commit }: Terms): Promise<T> {
    const endsAt = performance.now() + limitMs;
    const connection = await this.pool.connect();
    const transaction = new Transaction(connection, (sql, ms) =>
      this.events.noteStatement(sql, ms),
    );
    const leftMs = Math.max(0, endsAt - performance.now());
    const limit = setTimeout(() => void transaction.expire(), leftMs);
    const opened = new OpenTransaction(transaction, settled, (joined) => this.join(joined));
    try {
      // whoever asked has gone on without it, if it came too late
      if (performance.now() >= endsAt) throw new TransactionOver();
      const result = await this.open.run(opened, work);
      if (performance.now() >= endsAt) throw new TransactionOver(); // before the timer could say so
      await commit(opened);
      return result;
    } catch (error) {
      await transaction.rollback();
      throw error;
    } finally {
      clearTimeout(limit);
    }
  }

  /** Has Prisma begin a transaction on our connection, which goes on as long as ours does. */
  private join(transaction: Transaction): Promise<Prisma.TransactionClient> {
    return new Promise((resolve, reject) => {
      const takePart = async (client: Prisma.TransactionClient) => {
        const end = new Promise<void>((ended) => transaction.onEnd(ended));
        resolve(client);
        await end;
      };
      const begin = async () => this.prisma.$transaction(takePart, { timeout: NEVER_MS });
      // its BEGIN and COMMIT are not said, and so not told of
      const silently = () => this.events.untold(begin);
      this.joiningPool.join(transaction, silently).catch(reject);
    });
  }
}
