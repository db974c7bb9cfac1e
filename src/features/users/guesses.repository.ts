import { Injectable } from '@nestjs/common';
import { Repository } from '#platform/database/repository';

const FORGOTTEN_AFTER_MS = 24 * 3_600_000;
const LONGEST_DELAY_SECONDS = 900;

export interface Guess {
  /** Wrong ones in a row, this one counted in. */
  readonly failures: number;
}

@Injectable()
export class GuessesRepository extends Repository {
  /**
   * Counts a guess as wrong before it is made, so that of many at once not all are the first. From
   * the `free`th wrong one in a row on, the next has to wait: a second, then twice as long each time,
   * up to fifteen minutes. Null while a delay is running.
   */
  async take(key: string, free: number, now: Date): Promise<Guess | null> {
    const forgottenBefore = new Date(now.getTime() - FORGOTTEN_AFTER_MS);
    const [guess] = await this.write(
      (db) => db.$queryRaw<Guess[]>`
        INSERT INTO sign_in_failures AS f (key, failures, last_failed_at, blocked_until)
        VALUES (${key}, 1, ${now}::timestamptz, ${now}::timestamptz)
        ON CONFLICT (key) DO UPDATE SET
          failures = CASE WHEN f.last_failed_at < ${forgottenBefore}::timestamptz
                     THEN 1 ELSE f.failures + 1 END,
          last_failed_at = ${now}::timestamptz,
          blocked_until = ${now}::timestamptz + make_interval(secs =>
            CASE WHEN f.last_failed_at < ${forgottenBefore}::timestamptz
                   OR f.failures + 1 < ${free}::int THEN 0
                 ELSE least(power(2, least(f.failures + 1 - ${free}::int, 20)),
                            ${LONGEST_DELAY_SECONDS}::int)
            END)
        WHERE f.blocked_until <= ${now}::timestamptz
        RETURNING failures`,
    );
    return guess ?? null;
  }

  async blockedUntil(key: string): Promise<Date | null> {
    const row = await this.read((db) => db.signInFailure.findUnique({ where: { key } }));
    return row?.blockedUntil ?? null;
  }

  async forget(key: string): Promise<void> {
    await this.write((db) => db.signInFailure.deleteMany({ where: { key } }));
  }

  /** The guess was right: it does not count, those before it do. */
  async giveBack(key: string): Promise<void> {
    await this.write(
      (db) => db.$executeRaw`
        UPDATE sign_in_failures SET failures = failures - 1, blocked_until = last_failed_at
        WHERE key = ${key} AND failures > 0`,
    );
  }
}
