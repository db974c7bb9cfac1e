import { Injectable } from '@nestjs/common';
import { Repository } from '#platform/database/repository';

const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

/** How fast something may be guessed at. */
export interface GuessRule {
  /** From this wrong one in a row on, the next has to wait; each time twice as long. */
  readonly free: number;
  readonly firstDelaySeconds: number;
  readonly longestDelaySeconds: number;
}

/** What became of a guess that was counted as wrong. */
export interface CountedGuess {
  /** How many wrong ones in a row it makes. */
  readonly failures: number;
  /** When the next may be made, if a delay was running already when this one was counted. */
  readonly delayedUntil: Date | null;
}

interface Counted {
  readonly failures: number;
  readonly blockedUntil: Date;
  readonly blockedBefore: Date | null;
}

interface Delay {
  readonly blockedUntil: Date;
}

@Injectable()
export class GuessesRepository extends Repository {
  /** Counts a guess as wrong, unless a delay is running: then null. */
  async takeUnlessDelayed(key: string, rule: GuessRule, now: Date): Promise<number | null> {
    const counted = await this.count(key, rule, now, { evenIfDelayed: false });
    return counted?.failures ?? null;
  }

  /** Counts a wrong guess. */
  async countWrong(key: string, rule: GuessRule, now: Date): Promise<CountedGuess> {
    const counted = await this.count(key, rule, now, { evenIfDelayed: true });
    if (!counted) return { failures: 0, delayedUntil: null };
    const { failures, blockedUntil, blockedBefore } = counted;
    const wasDelayed =
      blockedBefore !== null && blockedBefore > now && blockedBefore <= latestEnd(rule, now);
    return { failures, delayedUntil: wasDelayed ? blockedUntil : null };
  }

  /** When the next guess may be made, if that is not now, at what all of the keys are of. */
  async delayedUntil(keys: readonly string[], rule: GuessRule, now: Date): Promise<Date | null> {
    const rows = await this.select<Delay>(DELAYS, [keys, now, latestEnd(rule, now)], {
      keptAs: 'delays of guesses',
    });
    return rows[0]?.blockedUntil ?? null;
  }

  /** Ends the row of wrong guesses, unless a delay is running: then it stays, and the delay's end is returned. */
  async forgetUnlessDelayed(key: string, rule: GuessRule, now: Date): Promise<Date | null> {
    const values = [key, now, latestEnd(rule, now)];
    const [delay] = await this.sql<Delay>(FORGET_UNLESS_DELAYED, values, {
      keptAs: 'guesses to forget',
    });
    return delay?.blockedUntil ?? null;
  }

  async forget(key: string): Promise<void> {
    await this.write((db) => db.signInFailure.deleteMany({ where: { key } }));
  }

  private async count(
    key: string,
    rule: GuessRule,
    now: Date,
    { evenIfDelayed }: { evenIfDelayed: boolean },
  ): Promise<Counted | null> {
    const { free, firstDelaySeconds, longestDelaySeconds } = rule;
    const forgottenBefore = new Date(now.getTime() - FORGOTTEN_AFTER_MS);
    // of many at once, each waits for the row and sees what the one before it has left there
    const [counted] = await this.write(
      (db) => db.$queryRaw<Counted[]>`
        WITH before AS MATERIALIZED (
          SELECT blocked_until FROM sign_in_failures WHERE key = ${key} FOR UPDATE
        )
        INSERT INTO sign_in_failures AS f (key, failures, last_failed_at, blocked_until)
        SELECT ${key}::text, 1, ${now}::timestamptz, 'epoch'::timestamptz
        FROM (SELECT count(*) FROM before) AS seen
        ON CONFLICT (key) DO UPDATE SET
          failures = CASE WHEN f.last_failed_at < ${forgottenBefore}::timestamptz
                     THEN 1 ELSE f.failures + 1 END,
          last_failed_at = ${now}::timestamptz,
          blocked_until = CASE
            WHEN f.last_failed_at < ${forgottenBefore}::timestamptz
              OR f.failures + 1 < ${free}::int THEN 'epoch'
            ELSE ${now}::timestamptz + make_interval(secs => least(
              ${firstDelaySeconds}::int * power(2, least(f.failures + 1 - ${free}::int, 20)),
              ${longestDelaySeconds}::int)) END
        WHERE ${evenIfDelayed}::boolean
           OR f.blocked_until <= ${now}::timestamptz
           OR f.blocked_until > ${latestEnd(rule, now)}::timestamptz
        RETURNING failures, blocked_until AS "blockedUntil",
          (SELECT blocked_until FROM before) AS "blockedBefore"`,
    );
    return counted ?? null;
  }
}

/** A delay that ends later than any delay can is of a clock that has been put back since. */
function latestEnd({ longestDelaySeconds }: GuessRule, now: Date): Date {
  return new Date(now.getTime() + longestDelaySeconds * 1_000);
}

const DELAYS = `SELECT blocked_until AS "blockedUntil" FROM sign_in_failures
  WHERE key = ANY($1::text[]) AND blocked_until > $2 AND blocked_until <= $3
  ORDER BY blocked_until DESC`;

// one statement: a delay that begins between a look and a DELETE of its own would be gone with the row
const FORGET_UNLESS_DELAYED = `WITH gone AS (
    DELETE FROM sign_in_failures
    WHERE key = $1 AND (blocked_until <= $2 OR blocked_until > $3)
  )
  SELECT blocked_until AS "blockedUntil" FROM sign_in_failures
  WHERE key = $1 AND blocked_until > $2 AND blocked_until <= $3`;
