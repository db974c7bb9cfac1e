import type { Log } from '../logging/log.js';
import { currentRequest } from '../telemetry/request-context.js';
import type { QueryEvent } from './query-events.js';

const LONGEST_SQL = 2_000;
const MOST_KEPT = 50;

export interface SlowQuery {
  readonly time: Date;
  /** Time in the pool included. */
  readonly durationMs: number;
  /** What of it the statement took; null when none was answered. */
  readonly statementMs: number | null;
  /** The statement with placeholders, never its values; the operation when no statement was answered. */
  readonly sql: string;
  readonly requestId: string | undefined;
}

/** Says of each slow query what it was, in the log, and keeps the last of them. */
export class SlowQueries {
  private readonly log: Log;
  private readonly kept: SlowQuery[] = [];

  constructor(log: Log) {
    this.log = log.of('database');
  }

  note({ isSlow, operation, durationMs, statement }: QueryEvent): void {
    if (!isSlow) return;
    const slow = {
      durationMs: Math.round(durationMs),
      statementMs: statement ? Math.round(statement.durationMs) : null,
      sql: statement?.sql.slice(0, LONGEST_SQL) ?? operation,
    };
    this.log.performance({ ...slow, operation }, 'slow query');
    this.kept.push({ ...slow, time: new Date(), requestId: currentRequest()?.requestId });
    if (this.kept.length > MOST_KEPT) this.kept.shift();
  }

  /** The last fifty, the latest first. */
  get recent(): readonly SlowQuery[] {
    return this.kept.toReversed();
  }
}
