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

@Injectable()
export class GuessesRepository extends Repository {
  /** Counts a guess as wrong, unless a delay is running: then null. */
  async takeUnlessDelayed(key: string, rule: GuessRule, now: Date): Promise<number | null> {
    return this.count(key, rule, now, { evenIfDelayed: false });
  }

  /** Counts a wrong guess. Returns how many it makes in a row. */
  async countWrong(key: string, rule: GuessRule, now: Date): Promise<number> {
    return (await this.count(key, rule, now, { evenIfDelayed: true })) ?? 0;
  }

  /** When the next guess may be made, if that is not now. */
  async delayedUntil(key: string, rule: GuessRule, now: Date): Promise<Date | null> {
    const blockedUntil = { gt: now, lte: latestEnd(rule, now) };
    const row = await this.read((db) =>
      db.signInFailure.findUnique({ where: { key, blockedUntil } }),
    );
    return row?.blockedUntil ?? null;
  }

  async forget(key: string): Promise<void> {
    await this.write((db) => db.signInFailure.deleteMany({ where: { key } }));
  }

  private async count(
    key: string,
    rule: GuessRule,
    now: Date,
    { evenIfDelayed }: { evenIfDelayed: boolean },
  ): Promise<number | null> {
    const { free, firstDelaySeconds, longestDelaySeconds } = rule;
    const forgottenBefore = new Date(now.getTime() - FORGOTTEN_AFTER_MS);
    const [guess] = await this.write(
      (db) => db.$queryRaw<{ failures: number }[]>`
        INSERT INTO sign_in_failures AS f (key, failures, last_failed_at, blocked_until)
        VALUES (${key}, 1, ${now}::timestamptz, 'epoch')
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
        RETURNING failures`,
    );
    return guess?.failures ?? null;
  }
}

/** A delay that ends later than any delay can is of a clock that has been put back since. */
function latestEnd({ longestDelaySeconds }: GuessRule, now: Date): Date {
  return new Date(now.getTime() + longestDelaySeconds * 1_000);
}

/** When the delay ends that this many wrong guesses in a row begin, in milliseconds since the epoch. */
export function delayEnd(
  { free, firstDelaySeconds, longestDelaySeconds }: GuessRule,
  failures: number,
  now: Date,
): number {
  if (failures < free) return 0;
  const seconds = Math.min(firstDelaySeconds * 2 ** (failures - free), longestDelaySeconds);
  return now.getTime() + seconds * 1_000;
}
