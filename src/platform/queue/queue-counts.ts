import { Injectable } from '@nestjs/common';
import { Cached } from '../cache/cached.decorators.js';
import { Database } from '../database/database.js';
import { Queue } from './queue.js';

export interface QueueCount {
  readonly name: string;
  /** Due and not taken yet. */
  readonly waiting: number;
  /** Not due yet: to be tried again, or sent for later. */
  readonly later: number;
  readonly running: number;
  /** Given up for good, and kept. */
  readonly dead: number;
  /** How long the one that has been due longest has waited; 0 when none waits. */
  readonly oldestWaitSeconds: number;
}

const COUNTS = `
  SELECT name,
    count(*) FILTER (WHERE state IN ('created', 'retry') AND start_after <= now())::int AS waiting,
    count(*) FILTER (WHERE state IN ('created', 'retry') AND start_after > now())::int AS later,
    count(*) FILTER (WHERE state = 'active')::int AS running,
    coalesce(extract(epoch FROM now() - min(start_after)
      FILTER (WHERE state IN ('created', 'retry') AND start_after <= now())), 0)::float
      AS "oldestWaitSeconds"
  FROM pgboss.job WHERE name = ANY($1) GROUP BY name`;

/** How many jobs there are. Asked by probes, scrapes and operators at once, so at most every few seconds. */
@Injectable()
export class QueueCounts {
  constructor(
    private readonly database: Database,
    private readonly queue: Queue,
  ) {}

  /** One for each kind of job, by name. Throws `DatabaseUnavailable`. */
  @Cached({ ttl: '5s', tags: ['queue counts'] })
  async read(): Promise<QueueCount[]> {
    const { jobs } = this.queue;
    const names = jobs.flatMap(({ name, deadLetters }) => [name, deadLetters]);
    const rows = await this.database.sql<QueueCount>(COUNTS, [names]);
    const found = new Map(rows.map((row) => [row.name, row]));
    return jobs
      .map(({ name, deadLetters }) => {
        const {
          waiting = 0,
          later = 0,
          running = 0,
          oldestWaitSeconds = 0,
        } = found.get(name) ?? {};
        const dead = found.get(deadLetters);
        return {
          name,
          waiting,
          later,
          running,
          dead: (dead?.waiting ?? 0) + (dead?.later ?? 0),
          oldestWaitSeconds: Math.round(oldestWaitSeconds),
        };
      })
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }
}
