import { setTimeout as delay } from 'node:timers/promises';
import type PgBoss from 'pg-boss';
import type { Database } from '../database/database.js';
import type { Log } from '../logging/log.js';
import type { Tracing } from '../telemetry/tracing.js';
import { plainDatabase } from './boss-database.js';
import { HopelessJob, type Handler, type Job } from './job.js';
import type { Patience } from './patience.js';
import type { JobOutcome, QueueSignals } from './queue-signals.js';

const POLL_MS = 2_000;
const LONGEST_REASON = 2_000;

interface WorkerParts {
  readonly boss: PgBoss;
  readonly database: Database;
  readonly log: Log;
  readonly patience: Patience;
  readonly signals: QueueSignals;
  readonly tracing: Tracing;
}

/**
 * Runs the jobs of one queue, so many at once. Not pg-boss's own worker, which neither waits for the
 * end of a job to be recorded nor survives that it cannot be.
 */
export class Worker<T extends object> {
  private readonly db: PgBoss.Db;
  private readonly running = new Set<Promise<void>>();
  private looping: Promise<void> | undefined;
  private isNudged = false;
  private isStopping = false;
  private wake = () => {};

  constructor(
    readonly job: Job<T>,
    private readonly handle: Handler<T>,
    private readonly parts: WorkerParts,
  ) {
    this.db = plainDatabase(parts.database);
  }

  /** Once, however often it is called: a start that waits for the database is repeated as a whole. */
  start(): void {
    this.looping ??= this.loop();
  }

  /** Looks for jobs now rather than at the next turn. */
  nudge(): void {
    this.isNudged = true;
    this.wake();
  }

  /** Takes no more jobs, and resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.looping;
    await Promise.all(this.running);
  }

  get runningCount(): number {
    return this.running.size;
  }

  private async loop(): Promise<void> {
    while (!this.isStopping) {
      this.isNudged = false;
      const free = this.job.options.concurrency - this.running.size;
      for (const taken of free > 0 ? await this.take(free) : []) {
        const run = this.run(taken).finally(() => {
          this.running.delete(run);
          this.nudge();
        });
        this.running.add(run);
      }
      if (!this.isNudged && !this.isStopping) await this.pause();
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS).unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** None while the database is away: pg-boss keeps that to itself, and `Database` has said it once. */
  private take(batchSize: number): Promise<PgBoss.JobWithMetadata<T>[]> {
    const options = { batchSize, includeMetadata: true as const, db: this.db };
    return this.parts.boss.fetch<T>(this.job.name, options);
  }

  private async run(taken: PgBoss.JobWithMetadata<T>): Promise<void> {
    const { boss, signals } = this.parts;
    const end = signals.startRun(this.job.name);
    try {
      await this.traced(taken);
    } catch (error) {
      return this.fail(taken, error, end);
    }
    end('done');
    // deleted rather than completed: nobody reads it any more, and it may hold what is private
    await this.settle(() => boss.deleteJob(this.job.name, taken.id, { db: this.db }));
  }

  private traced({ id, data, retryCount }: PgBoss.JobWithMetadata<T>): Promise<void> {
    const attributes = { 'aerie.job_id': id, 'aerie.job_retries': retryCount };
    return this.parts.tracing.span(`job ${this.job.name}`, attributes, () =>
      inTime(this.handle(data, { id }), this.job.options.expireInSeconds),
    );
  }

  private async fail(
    taken: PgBoss.JobWithMetadata<T>,
    error: unknown,
    end: (outcome: JobOutcome) => void,
  ): Promise<void> {
    const { boss, database, log } = this.parts;
    const { id, retryCount, retryLimit } = taken;
    const { name, deadLetters } = this.job;
    const isHopeless = error instanceof HopelessJob;
    const isDead = isHopeless || retryCount >= retryLimit;
    end(isDead ? 'dead' : 'retried');
    if (isDead) {
      log.error({ err: error, job: name, id, kept: deadLetters }, 'a job has failed for good');
    } else if (retryCount === 0) {
      log.warn({ err: error, job: name, id }, 'a job failed and is tried again');
    }
    await this.settle(async () => {
      if (isHopeless) await database.sql(NO_MORE_RETRIES, [name, id]);
      await boss.fail(name, id, { message: reasonOf(error) }, { db: this.db });
    });
  }

  /** A job whose end is not recorded would run again, so an outage is waited for. */
  private async settle(record: () => Promise<unknown>): Promise<void> {
    const { log, patience } = this.parts;
    try {
      await patience.with(record);
    } catch (error) {
      log.error(
        { err: error, job: this.job.name },
        'the end of a job is not recorded: it runs again',
      );
    }
  }
}

const NO_MORE_RETRIES =
  'UPDATE pgboss.job SET retry_limit = retry_count WHERE name = $1 AND id = $2::uuid';

/** Gives up on a run that takes too long: its job is another's by then. */
async function inTime(run: Promise<void>, seconds: number): Promise<void> {
  const end = new AbortController();
  const late = delay(seconds * 1_000, undefined, { ref: false, signal: end.signal }).then(() => {
    throw new Error(`not done within ${seconds} s`);
  });
  late.catch(() => undefined);
  try {
    await Promise.race([run, late]);
  } finally {
    end.abort();
  }
}

/** PostgreSQL keeps no NUL in JSON. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll('\0', '').slice(0, LONGEST_REASON);
}
