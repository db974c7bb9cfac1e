import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import type { ClientBase, QueryConfig, QueryResultRow } from 'pg';
import { Config } from '../config/config.js';
import { decryptedRow } from '../encryption/decrypted-row.js';
import { withEncryption } from '../encryption/encrypted-client.js';
import { encryptWrites } from '../encryption/encrypted-writes.js';
import { openFieldCipher } from '../encryption/encryption-keys.js';
import type { FieldCipher } from '../encryption/field-cipher.js';
import { Log } from '../logging/log.js';
import { NOBODY, refuseIfOver, unlessLate, until, type Caller } from '../resilience/caller.js';
import { CallPolicy, type CallOptions } from '../resilience/call-policy.js';
import { Silence } from '../resilience/silence.js';
import { currentCaller } from '../telemetry/request-context.js';
import { NoTracing, type Tracing } from '../telemetry/tracing.js';
import type { Engine } from './engine.js';
import { Failures } from './failures.js';
import { PrismaClient, type Prisma } from './generated/client.js';
import { JoiningPool } from './joining-pool.js';
import { KeptStatements, type Connection } from './kept-statements.js';
import { hadNoEffect, isConflict, isDown, isOutage } from './outage.js';
import { sqlQuery, type PlainQuery } from './plain-query.js';
import { QueryEvents, statementEvents, type QueryEvent } from './query-events.js';
import { QueryStatistics } from './query-statistics.js';
import { trustSql } from './raw-sql.js';
import { SlowQueries } from './slow-queries.js';
import { withTracing } from './traced-client.js';
import { Transactions, type LastStatement, type OpenTransaction } from './transactions.js';
import { watched } from './watched-client.js';

type ReadMethod =
  | 'findUnique'
  | 'findUniqueOrThrow'
  | 'findFirst'
  | 'findFirstOrThrow'
  | 'findMany'
  | 'count'
  | 'aggregate'
  | 'groupBy';

/** What a read may use: it may be repeated, so it has no methods that write. */
export type ReadClient = {
  [Model in Uncapitalize<Prisma.ModelName>]: Pick<PrismaClient[Model], ReadMethod>;
};

export type WriteClient = Prisma.TransactionClient;

export interface SqlOptions {
  /** The name under which connections keep the statement parsed and planned: for one that many requests make. */
  readonly keptAs?: string;
}

export interface QueryOptions {
  /** Gives up earlier than DB_CALL_TIMEOUT_MS. */
  readonly timeoutMs?: number;
}

const WAITING_CALLS = 1_000;
const LONGEST_PING_MS = 1_000;
/** Not of the kind of any request, whose calls may all wait for a lock. */
const WATCHER: Caller = { ...NOBODY, kind: 'watcher' };

/**
 * The only way to the database. Every call goes through the policy, or joins the open transaction.
 * A call is for whoever the request at hand is from: it is given up at the request's deadline, and
 * refused when its client has gone. What others wait for too is wrapped in `forEverybody()`.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly statistics = new QueryStatistics();
  private readonly client: PrismaClient;
  private readonly policy: CallPolicy;
  readonly slowQueries: SlowQueries;
  private readonly events: QueryEvents;
  private readonly transactions: Transactions;
  private readonly kept = new KeptStatements();
  private readonly failures = new Failures(this.statistics);
  private readonly cipher: FieldCipher;

  constructor(
    private readonly engine: Engine,
    private readonly config: Config,
    log: Log,
    private readonly tracing: Tracing = new NoTracing(),
  ) {
    // a connection that breaks while idle is replaced by the pool; unheard, its error would end the process
    engine.pool.on('error', (error) => {
      this.failures.noteBroken();
      if (!(error instanceof Silence))
        log.warn({ err: error }, 'an idle database connection broke');
    });
    this.slowQueries = new SlowQueries(log);
    this.events = new QueryEvents(config.SLOW_QUERY_MS, isFailure);
    this.events.onQuery((event) => this.statistics.record(event));
    this.events.onQuery((event) => this.slowQueries.note(event));
    const joiningPool = new JoiningPool(engine.pool);
    const adapter = new PrismaPg(joiningPool.pool);
    const plain = new PrismaClient({ adapter, log: [...statementEvents] });
    plain.$on('query', ({ query, duration }) => this.events.noteStatement(query, duration));
    this.cipher = openFieldCipher(config);
    this.client = watched(
      withTracing(withEncryption(plain, this.cipher), tracing),
      this.events,
      config.DB_QUERY_COMPLEXITY_MAX,
    );
    this.transactions = new Transactions(engine.pool, joiningPool, this.client, this.events);
    this.policy = new CallPolicy({
      concurrency: engine.concurrency,
      queue: WAITING_CALLS,
      timeoutMs: config.DB_CALL_TIMEOUT_MS,
      silenceMs: config.DB_SILENCE_TIMEOUT_MS,
      pulse: engine.pulse,
      isDown,
      hadNoEffect,
      onChange: (state, reason) => {
        if (state === 'open') log.error({ err: reason }, 'the database is out of order');
        else log.info('the database works again');
      },
      onRetry: () => this.statistics.count('retries'),
    });
  }

  /** Waits for what others wait for too, as long as the request at hand can. Throws `DatabaseUnavailable` when its time is over. */
  waitFor<T>(shared: Promise<T>): Promise<T> {
    return this.translated(() =>
      unlessLate(shared, currentCaller().deadlineAt - performance.now()),
    );
  }

  /** Runs a query that changes nothing and may therefore be repeated. Throws `DatabaseUnavailable` in an outage. */
  read<T>(work: (db: ReadClient) => Promise<T>, options?: QueryOptions): Promise<T> {
    return this.joined(
      async (transaction) => work(await transaction.prisma()),
      () => this.policy.read(() => work(this.client), forCaller(options)),
    );
  }

  /** Runs a query that changes something: once, unless it certainly had no effect. */
  write<T>(work: (db: WriteClient) => Promise<T>, options?: QueryOptions): Promise<T> {
    return this.joined(
      async (transaction) => work(await transaction.prisma()),
      () => this.policy.write(() => work(this.client), forCaller(options)),
    );
  }

  /**
   * Commits all that `work` writes through any repository, or nothing. A transaction inside another
   * is part of it. After a conflict with another transaction `work` runs again, from its start.
   */
  async transaction<T>(work: () => Promise<T>, options: QueryOptions = {}): Promise<T> {
    if (this.transactions.current) return work();
    const { timeoutMs = this.config.DB_CALL_TIMEOUT_MS } = options;
    const settled: (() => void)[] = [];
    const once = () => {
      const leftMs = Math.ceil(currentCaller().deadlineAt - performance.now());
      const limitMs = Math.min(timeoutMs, Math.max(1, leftMs));
      return this.transactions.run(work, { limitMs, settled, commit: this.commit });
    };
    try {
      return await this.translated(() => this.policy.write(once, forCaller(options)));
    } finally {
      for (const act of settled) act();
    }
  }

  /**
   * Runs `act` when what is being written is settled: now, or when the open transaction has ended,
   * in whatever way, for its outcome may be unknown.
   */
  whenSettled(act: () => void): void {
    const transaction = this.transactions.current;
    if (transaction) transaction.settled.push(act);
    else act();
  }

  /**
   * Adds rows that go in at the end of the open transaction, in one statement along with COMMIT: with all
   * else or not at all. Throws outside of a transaction, and `DatabaseUnavailable` after its end, or when
   * nobody waits for it any more.
   */
  addLast<Row>(statement: LastStatement<Row>, rows: readonly Row[]): void {
    const transaction = this.transactions.current;
    if (!transaction) throw new Error('there is no transaction to add to');
    try {
      refuseIfOver(currentCaller());
      transaction.addLast(statement, rows);
    } catch (error) {
      throw this.failures.translate(error);
    }
  }

  /** Whether the code at hand runs within a transaction: what it reads may never be committed. */
  get isInTransaction(): boolean {
    return this.transactions.current !== undefined;
  }

  /** Whether the database has said anything within that time, and nothing broke since. */
  wasHeardWithin(ms: number): boolean {
    const heardAt = this.engine.pulse.lastHeardAt();
    return performance.now() - heardAt <= ms && heardAt > this.failures.brokenAt;
  }

  /**
   * Runs one statement of SQL, as `write()` does: for tables that Prisma does not know. Values come
   * as parameters; throws `SuspiciousSql` for a text that has them put in.
   */
  sql<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
    options?: SqlOptions,
  ): Promise<Row[]> {
    return this.writePlain((connection) => this.plainSql<Row>(text, values, connection, options));
  }

  /** As `sql()`, for a SELECT: it may be repeated, as `read()` may. */
  select<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
    options?: SqlOptions,
  ): Promise<Row[]> {
    return this.readPlain((connection) => this.plainSql<Row>(text, values, connection, options));
  }

  /** Adds a row of a model by an INSERT of its columns, past Prisma: see `NewRow`. */
  async writeRow(
    model: Prisma.ModelName,
    query: PlainQuery,
    fields: readonly string[],
    row: object,
  ): Promise<void> {
    const { data } = encryptWrites(this.cipher, model, { data: row });
    const values = fields.map((field) => (data as Readonly<Record<string, unknown>>)[field]);
    await this.writePlain((connection) => this.plain(query, values, connection));
  }

  /** Rows of a model by a SELECT of its columns, past Prisma: see `UniqueRow`. */
  async readRows<Row extends object>(
    model: Prisma.ModelName,
    query: PlainQuery,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const rows = await this.readPlain((connection) => this.plain<Row>(query, values, connection));
    return rows.map((row) => decryptedRow(this.cipher, model, row));
  }

  /** As `sql()`, of a library, which may have comments and constants in it. */
  sqlOfLibrary<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    trustSql(text);
    return this.sql(text, values);
  }

  /** A session of its own, beside the policy and without the time limits of requests. */
  session<T>(work: (session: ClientBase) => Promise<T>): Promise<T> {
    return this.translated(() => this.engine.withSession(work));
  }

  /** One round trip through the policy, in milliseconds. Throws `DatabaseUnavailable`, after a second at the latest. */
  async ping(): Promise<number> {
    const start = performance.now();
    const query = () => this.engine.pool.query('SELECT 1');
    const caller = until(start + LONGEST_PING_MS, WATCHER);
    await this.translated(() => this.policy.read(query, { caller }));
    return performance.now() - start;
  }

  /** Tells of each query that was made; the listener must neither throw nor wait. */
  onQuery(listener: (event: QueryEvent) => void): void {
    this.events.onQuery(listener);
  }

  /** How long somebody has waited for a place because all are taken, in milliseconds. */
  get delayMs(): number {
    return this.policy.delayMs;
  }

  /** How long the first call for a kind of caller has waited for its turn, in milliseconds. */
  delayMsOf(kind: string): number {
    return this.policy.delayMsOf(kind);
  }

  get status() {
    const { totalCount, idleCount, waitingCount } = this.engine.pool;
    return {
      engine: this.engine.kind,
      breaker: this.policy.state,
      errors: this.failures.count,
      slow: this.statistics.slow,
      refused: this.failures.refused,
      unable: this.failures.unable,
      /** Calls in line for a place, and of those that have one, for a connection. */
      waiting: this.policy.lineLength + waitingCount,
      pool: { open: totalCount, idle: idleCount, waiting: waitingCount },
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.$disconnect();
    await this.engine.close();
  }

  private readonly commit = async (transaction: OpenTransaction): Promise<void> => {
    const { last } = transaction;
    if (!last) return void (await transaction.commit());
    const query = async (said: QueryConfig) => (await transaction.commit(said))!;
    const { statement, rows } = last;
    await this.plain(statement.query, statement.valuesOf(rows), { query });
    statement.onCommitted(rows.length);
  };

  private readPlain<T>(on: (connection: Connection) => Promise<T>): Promise<T> {
    return this.joined(on, () => this.policy.read(() => on(this.engine.pool), forCaller()));
  }

  private writePlain<T>(on: (connection: Connection) => Promise<T>): Promise<T> {
    return this.joined(on, () => this.policy.write(() => on(this.engine.pool), forCaller()));
  }

  private async plainSql<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
    connection: Connection,
    { keptAs: name }: SqlOptions = {},
  ): Promise<Row[]> {
    return this.plain<Row>(sqlQuery(text, name), values, connection);
  }

  private async plain<Row extends QueryResultRow>(
    query: PlainQuery,
    values: readonly unknown[],
    connection: Connection,
  ): Promise<Row[]> {
    const { name, text, span, attributes } = query;
    const { rows } = await this.events.watchStatement(query, () =>
      this.tracing.part(span, attributes, () =>
        this.kept.query<Row>(connection, { name, text, values: [...values] }),
      ),
    );
    return rows;
  }

  /** In the open transaction where there is one. */
  private joined<T>(
    inTransaction: (transaction: OpenTransaction) => Promise<T>,
    alone: () => Promise<T>,
  ): Promise<T> {
    const transaction = this.transactions.current;
    if (!transaction) return this.translated(alone);
    return this.translated(() => {
      refuseIfOver(currentCaller());
      return inTransaction(transaction);
    });
  }

  /** An outage becomes a 503; what the database has to say about the data stays as it is. */
  private async translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // whoever is behind the address by now, these connections do not lead there
      if (error instanceof Silence) this.engine.renew(error);
      throw this.failures.translate(error);
    }
  }
}

function forCaller(options: QueryOptions = {}): CallOptions {
  return { ...options, caller: currentCaller() };
}

function isFailure(error: unknown): boolean {
  return isOutage(error) || isConflict(error);
}
