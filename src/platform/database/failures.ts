import { BrokenCircuitError } from 'cockatiel';
import { ClientGone, DatabaseUnavailable } from '../errors/problems.js';
import { RETRY_AFTER_SECONDS } from '../resilience/call-policy.js';
import { CallerGone, TooLate } from '../resilience/caller.js';
import { LineFull } from '../resilience/line.js';
import { inabilityOf, isConflict, isDown, isOutage } from './outage.js';
import { QueryTooComplex } from './query-complexity.js';
import type { QueryStatistics } from './query-statistics.js';
import { SuspiciousSql } from './raw-sql.js';

const NOT_EVEN_TRIED = [BrokenCircuitError, LineFull, CallerGone, TooLate];
const RECENT_MS = 30_000;

/** Keeps account of what goes wrong with the database, and says it in the words of a problem. */
export class Failures {
  /** Calls that ended in `DatabaseUnavailable`. */
  count = 0;
  /** Calls that did not get as far as the database: breaker open, line full, caller gone or out of time. */
  refused = 0;
  /** When the database or a connection to it last broke, on the clock of `performance.now()`. */
  brokenAt = -Infinity;
  private inability = { reason: '', at: -Infinity };

  constructor(private readonly statistics: QueryStatistics) {}

  noteBroken(): void {
    this.brokenAt = performance.now();
  }

  /** Why the database, though it answers, could not do its work within the last half minute: `read-only`, say. */
  get unable(): string | undefined {
    const { reason, at } = this.inability;
    return performance.now() - at < RECENT_MS ? reason : undefined;
  }

  /** An outage becomes a 503; what the database has to say about the data stays as it is. */
  translate(error: unknown): unknown {
    if (NOT_EVEN_TRIED.some((kind) => error instanceof kind)) {
      this.refused++;
      this.statistics.count('refused');
    }
    if (error instanceof SuspiciousSql) this.statistics.count('refusedSql');
    if (error instanceof QueryTooComplex) this.statistics.count('tooComplex');
    if (error instanceof CallerGone) return new ClientGone({ cause: error });
    if (!isOutage(error) && !isConflict(error)) return error;
    // of a call inside a transaction it has been noted already
    if (error instanceof DatabaseUnavailable) return error;
    this.count++;
    if (isDown(error)) this.noteBroken();
    const reason = inabilityOf(error);
    if (reason) this.inability = { reason, at: performance.now() };
    return new DatabaseUnavailable({ cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}
