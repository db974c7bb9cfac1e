import { Injectable } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import { Database } from '../database/database.js';
import { NotFound } from '../errors/problems.js';
import type { Job } from './job.js';
import { Queue } from './queue.js';

/** A job that has failed for good. What it was told is not shown: it may be private. */
export interface DeadJob {
  readonly id: string;
  readonly diedAt: Date;
  /** What the last run failed with. */
  readonly reason: string | null;
}

const MOST_LISTED = 100;

// a run that was cut off has its reason one level deeper
const LIST = `
  SELECT id, created_on AS "diedAt",
    coalesce(output->>'message', output->'value'->>'message') AS reason
  FROM pgboss.job WHERE name = $1 AND state = 'created'
  ORDER BY created_on DESC, id LIMIT ${MOST_LISTED}`;
const TAKE = `DELETE FROM pgboss.job WHERE name = $1 AND id = $2::uuid RETURNING data`;

/** What operators do with jobs that have failed for good. */
@Injectable()
export class DeadJobs {
  constructor(
    private readonly database: Database,
    private readonly queue: Queue,
    private readonly cache: Cache,
  ) {}

  /** The hundred that died last. Throws `NotFound` for a queue that there is not. */
  list(queue: string): Promise<DeadJob[]> {
    return this.database.sql<DeadJob>(LIST, [this.find(queue).deadLetters]);
  }

  /** Sends it once more, with all its tries before it. Throws `NotFound`. */
  async retry(queue: string, id: string): Promise<void> {
    const job = this.find(queue);
    await this.database.transaction(async () => this.queue.send(job, await this.take(job, id)));
  }

  /** Throws `NotFound`. */
  async drop(queue: string, id: string): Promise<void> {
    await this.take(this.find(queue), id);
  }

  private async take(job: Job<object>, id: string): Promise<object> {
    this.cache.invalidateTags('queue counts');
    const [taken] = await this.database.sql<{ data: object }>(TAKE, [job.deadLetters, id]);
    if (!taken) throw new NotFound();
    return taken.data ?? {};
  }

  private find(queue: string): Job<object> {
    const job = this.queue.jobs.find(({ name }) => name === queue);
    if (!job) throw new NotFound();
    return job;
  }
}
