import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import PgBoss from 'pg-boss';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { Log } from '../logging/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { Tracing } from '../telemetry/tracing.js';
import { patientDatabase, plainDatabase } from './boss-database.js';
import type { Handler, Job, Nothing } from './job.js';
import { Patience } from './patience.js';
import { deployQueue } from './queue-schema.js';
import { QueueSignals } from './queue-signals.js';
import { Worker } from './worker.js';

export interface SendOptions {
  /** Not before this time. */
  readonly startAfter?: Date;
  /** A job is not added while another with the same key waits to be run. */
  readonly singletonKey?: string;
}

const MAINTENANCE_SECONDS = 30;
// of the time that a stop may take: the rest is for closing what the jobs stood on
const SHARE_OF_STOP = 0.8;

/**
 * Work to be done behind the request, kept in the database until it is done. A job is run at least
 * once: twice when the process goes between the work and the note that it is done.
 */
@Injectable()
export class Queue implements BeforeApplicationShutdown {
  private readonly workers = new Map<string, Worker<object>>();
  private readonly schedules = new Map<string, string>();
  private readonly patience = new Patience();
  private readonly plain: PgBoss.Db;
  private readonly boss: PgBoss;
  private readonly signals: QueueSignals;
  /** Whether its tables are there. */
  hasStarted = false;

  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly log: Log,
    metrics: Metrics,
    private readonly tracing: Tracing,
  ) {
    this.signals = new QueueSignals(metrics);
    this.plain = plainDatabase(database);
    this.boss = new PgBoss({
      db: patientDatabase(database, this.patience),
      migrate: false, // deployQueue()
      maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    });
    this.boss.on('error', (error) => log.error({ err: error }, 'the queue cannot be maintained'));
  }

  /** Adds a job: within a transaction it is committed with it or not at all. Throws `DatabaseUnavailable`. */
  async send<T extends object>(job: Job<T>, data: T, options: SendOptions = {}): Promise<void> {
    const worker = this.workerOf(job);
    const { startAfter, singletonKey } = options;
    const id = uuidv7();
    await this.boss.send(job.name, data, {
      id,
      singletonKey: singletonKey ?? id,
      ...(startAfter && { startAfter }),
      db: this.plain,
    });
    this.database.whenSettled(() => worker.nudge());
  }

  /** Registers the one handler of a job; call it in `onModuleInit()`. */
  work<T extends object>(job: Job<T>, handle: Handler<T>): void {
    if (this.workers.has(job.name)) throw new Error(`two handlers of the job ${job.name}`);
    const { boss, database, log, patience, signals, tracing } = this;
    const parts = { boss, database, log, patience, signals, tracing };
    const worker = new Worker(job, handle, parts);
    this.workers.set(job.name, worker as unknown as Worker<object>);
  }

  /** Runs the job by cron (UTC), once however many processes there are; call it in `onModuleInit()`. */
  schedule(job: Job<Nothing>, cron: string): void {
    this.workerOf(job);
    this.schedules.set(job.name, cron);
  }

  /** Every kind of job that somebody handles. */
  get jobs(): Job<object>[] {
    return [...this.workers.values()].map(({ job }) => job);
  }

  /** Makes the tables that are missing. The database must be up to date. */
  async deploy(): Promise<void> {
    await this.database.session((session) => deployQueue(session, this.jobs, this.schedules));
  }

  /** Makes the tables that are missing and begins to work. The database must be up to date. */
  async start(): Promise<void> {
    await this.deploy();
    this.hasStarted = true;
    if (this.patience.isOver) return;
    await this.boss.start();
    for (const worker of this.workers.values()) worker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.patience.isOver = true;
    const workers = [...this.workers.values()];
    const limitMs = this.config.SHUTDOWN_TIMEOUT_MS * SHARE_OF_STOP;
    await Promise.race([
      Promise.all([this.boss.stop(), ...workers.map((worker) => worker.stop())]),
      delay(limitMs, undefined, { ref: false }),
    ]);
    const left = workers.filter(({ runningCount }) => runningCount > 0).map(({ job }) => job.name);
    if (left.length > 0) {
      this.log.warn(
        { jobs: left, limitMs },
        'jobs were cut off: they run again after their expiry',
      );
    }
  }

  private workerOf<T extends object>(job: Job<T>): Worker<object> {
    const worker = this.workers.get(job.name);
    // pg-boss would drop it without a word
    if (!worker) throw new Error(`no handler of the job ${job.name}`);
    return worker;
  }
}
