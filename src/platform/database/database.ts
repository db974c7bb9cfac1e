import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import type { ClientBase, QueryResultRow } from 'pg';
import { Config } from '../config/config.js';
import { withEncryption } from '../encryption/encrypted-client.js';
import { openFieldCipher } from '../encryption/encryption-keys.js';
import { DatabaseUnavailable } from '../errors/problems.js';
import { Log } from '../logging/log.js';
import { CallPolicy, RETRY_AFTER_SECONDS } from '../resilience/call-policy.js';
import { NoTracing, type Tracing } from '../telemetry/tracing.js';
import type { Engine } from './engine.js';
import { PrismaClient, type Prisma } from './generated/client.js';
import { hadNoEffect, isConflict, isOutage } from './outage.js';
import { queryEvents, SlowQueries } from './slow-queries.js';
import { POSTGRESQL, withTracing } from './traced-client.js';

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

interface OpenTransaction {
  readonly client: WriteClient;
  readonly settled: (() => void)[];
}

const WAITING_CALLS = 1_000;

/** The only way to the database. Every call goes through the policy, or joins the open transaction. */
@Injectable()
export class Database implements OnApplicationShutdown {
  private readonly client: PrismaClient;
  private readonly policy: CallPolicy;
  readonly slowQueries: SlowQueries;
  private readonly open = new AsyncLocalStorage<OpenTransaction>();
  private failures = 0;
  private brokeAt = -Infinity;

  constructor(
    private readonly engine: Engine,
    private readonly config: Config,
    log: Log,
    private readonly tracing: Tracing = new NoTracing(),
  ) {
    // a connection that breaks while idle is replaced by the pool; unheard, its error would end the process
    engine.pool.on('error', (error) => {
      this.brokeAt = performance.now();
      log.warn({ err: error }, 'an idle database connection broke');
    });
    this.slowQueries = new SlowQueries(log, config.SLOW_QUERY_MS);
    const client = new PrismaClient({ adapter: new PrismaPg(engine.pool), log: [...queryEvents] });
    this.slowQueries.listenTo(client);
    this.client = withTracing(withEncryption(client, openFieldCipher(config)), tracing);
    this.policy = new CallPolicy({
      concurrency: engine.concurrency,
      queue: WAITING_CALLS,
      timeoutMs: config.DB_CALL_TIMEOUT_MS,
      silenceMs: config.DB_SILENCE_TIMEOUT_MS,
      pulse: engine.pulse,
      isOutage,
      hadNoEffect,
      onChange: (state, reason) => {
        if (state === 'open') log.error({ err: reason }, 'the database is out of order');
        else log.info('the database works again');
      },
    });
  }

  /** Runs a query that changes nothing and may therefore be repeated. Throws `DatabaseUnavailable` in an outage. */
  read<T>(work: (db: ReadClient) => Promise<T>): Promise<T> {
    const transaction = this.open.getStore();
    if (transaction) return this.translated(() => work(transaction.client));
    return this.translated(() => this.policy.read(() => work(this.client)));
  }

  /** Runs a query that changes something: once, unless it certainly had no effect. */
  write<T>(work: (db: WriteClient) => Promise<T>): Promise<T> {
    const transaction = this.open.getStore();
    if (transaction) return this.translated(() => work(transaction.client));
    return this.translated(() => this.policy.write(() => work(this.client)));
  }

  /**
   * Commits all that `work` writes through any repository, or nothing. A transaction inside another
   * is part of it. After a conflict with another transaction `work` runs again, from its start.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.open.getStore()) return work();
    const timeout = this.config.DB_CALL_TIMEOUT_MS;
    const settled: (() => void)[] = [];
    try {
      return await this.translated(() =>
        this.policy.write(() =>
          this.client.$transaction((client) => this.open.run({ client, settled }, work), {
            timeout,
            maxWait: timeout,
          }),
        ),
      );
    } finally {
      for (const act of settled) act();
    }
  }

  /**
   * Runs `act` when what is being written is settled: now, or when the open transaction has ended,
   * in whatever way, for its outcome may be unknown.
   */
  whenSettled(act: () => void): void {
    const transaction = this.open.getStore();
    if (transaction) transaction.settled.push(act);
    else act();
  }

  /** Whether the code at hand runs within a transaction: what it reads may never be committed. */
  get isInTransaction(): boolean {
    return this.open.getStore() !== undefined;
  }

  /** Whether the database has said anything within that time, and nothing broke since. */
  wasHeardWithin(ms: number): boolean {
    const heardAt = this.engine.pulse.lastHeardAt();
    return performance.now() - heardAt <= ms && heardAt > this.brokeAt;
  }

  /** Runs one statement of SQL, as `write()` does: for tables that Prisma does not know. */
  sql<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const transaction = this.open.getStore();
    if (transaction) {
      return this.translated(() => transaction.client.$queryRawUnsafe<Row[]>(text, ...values));
    }
    return this.translated(() =>
      this.policy.write(async () => {
        const startedAt = performance.now();
        const { rows } = await this.tracing.part('db sql', POSTGRESQL, () =>
          this.engine.pool.query<Row>(text, [...values]),
        );
        this.slowQueries.note(text, performance.now() - startedAt);
        return rows;
      }),
    );
  }

  /** A session of its own, beside the policy and without the time limits of requests. */
  session<T>(work: (session: ClientBase) => Promise<T>): Promise<T> {
    return this.translated(() => this.engine.withSession(work));
  }

  /** One round trip through the policy, in milliseconds. Throws `DatabaseUnavailable`. */
  async ping(): Promise<number> {
    const start = performance.now();
    await this.translated(() => this.policy.read(() => this.engine.pool.query('SELECT 1')));
    return performance.now() - start;
  }

  get status() {
    const { totalCount, idleCount, waitingCount } = this.engine.pool;
    return {
      engine: this.engine.kind,
      breaker: this.policy.state,
      failures: this.failures,
      pool: { open: totalCount, idle: idleCount, waiting: waitingCount },
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.$disconnect();
    await this.engine.close();
  }

  /** An outage becomes a 503; what the database has to say about the data stays as it is. */
  private async translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error) && !isConflict(error)) throw error;
      this.failures++;
      this.brokeAt = performance.now();
      throw new DatabaseUnavailable({ cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
  }
}
