import type { Log } from '../logging/log.js';
import type { PrismaClient } from './generated/client.js';

const LONGEST_SQL = 2_000;

/** Says of each query that took longer than it should what it was: its SQL, never its values. */
export class SlowQueries {
  private readonly log: Log;

  constructor(
    log: Log,
    private readonly slowMs: number,
  ) {
    this.log = log.of('database');
  }

  /** Listens to a client that was made with `queryEvents`. */
  listenTo(client: PrismaClient<'query'>): void {
    client.$on('query', ({ query, duration }) => this.note(query, duration));
  }

  note(sql: string, durationMs: number): void {
    if (durationMs <= this.slowMs) return;
    this.log.performance(
      { durationMs: Math.round(durationMs), sql: sql.slice(0, LONGEST_SQL) },
      'slow query',
    );
  }
}

/** What makes Prisma tell of each query. */
export const queryEvents = [{ emit: 'event', level: 'query' }] as const;
