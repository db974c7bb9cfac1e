import type { Log } from '../logging/log.js';
import { currentRequest } from '../telemetry/request-context.js';
import type { PrismaClient } from './generated/client.js';

const LONGEST_SQL = 2_000;
const MOST_KEPT = 50;

export interface SlowQuery {
  readonly time: Date;
  readonly durationMs: number;
  /** The statement with placeholders, never its values. */
  readonly sql: string;
  readonly requestId: string | undefined;
}

/** Says of each query that took longer than it should what it was: its SQL, never its values. */
export class SlowQueries {
  private readonly log: Log;
  private readonly kept: SlowQuery[] = [];

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
    const slow = { durationMs: Math.round(durationMs), sql: sql.slice(0, LONGEST_SQL) };
    this.log.performance(slow, 'slow query');
    this.kept.push({ ...slow, time: new Date(), requestId: currentRequest()?.requestId });
    if (this.kept.length > MOST_KEPT) this.kept.shift();
  }

  /** The last fifty, the latest first. */
  get recent(): readonly SlowQuery[] {
    return this.kept.toReversed();
  }
}

/** What makes Prisma tell of each query. */
export const queryEvents = [{ emit: 'event', level: 'query' }] as const;
