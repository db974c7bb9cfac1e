import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditService } from '#features/audit/audit.service';
import { Config } from '#platform/config/config';
import { GuessesRepository, type GuessRule } from './guesses.repository.js';
import { GuessingTooFast } from './users.problems.js';

/**
 * Slows guessing down: after a few wrong guesses in a row each further one has to wait longer. What
 * is guessed at is named by the caller and may not exist, so that the delay tells nothing.
 */
@Injectable()
export class GuessesService {
  constructor(
    private readonly guesses: GuessesRepository,
    private readonly audit: AuditService,
  ) {}

  /** Throws `GuessingTooFast` while a delay is running at any of them. To be asked before a guess is looked at. */
  async requireNoDelay(rule: GuessRule, ...whats: string[]): Promise<void> {
    const until = await this.guesses.delayedUntil(whats.map(keyOf), rule, new Date());
    if (until) await this.refuse(until);
  }

  /**
   * Counts what a guess turned out to be; returns how many wrong ones there are in a row. When others
   * beside it have begun a delay, a right one is refused like a wrong one and counts as one: throws
   * `GuessingTooFast` for both, since a refusal of the right one alone would tell which it is.
   */
  async settle(what: string, rule: GuessRule, isRight: boolean): Promise<number> {
    const [key, now] = [keyOf(what), new Date()];
    if (isRight) {
      const until = await this.guesses.forgetUnlessDelayed(key, rule, now);
      if (!until) return 0;
      await this.wasWrong(what, rule);
      return this.refuse(until);
    }
    const { failures, delayedUntil } = await this.guesses.countWrong(key, rule, now);
    if (delayedUntil) await this.refuse(delayedUntil);
    return failures;
  }

  /** Counts a wrong guess. Returns how many it makes in a row. */
  async wasWrong(what: string, rule: GuessRule): Promise<number> {
    return (await this.guesses.countWrong(keyOf(what), rule, new Date())).failures;
  }

  /**
   * Counts a guess as wrong before it is looked at, until `wasRight()`: for what is so quickly looked
   * at that many guesses at once would all be through before the first is counted. Returns how many
   * it makes in a row. Throws `GuessingTooFast`.
   */
  async take(what: string, rule: GuessRule): Promise<number> {
    const now = new Date();
    const failures = await this.guesses.takeUnlessDelayed(keyOf(what), rule, now);
    if (failures !== null) return failures;
    return this.refuse((await this.guesses.delayedUntil([keyOf(what)], rule, now)) ?? now);
  }

  /** Ends the row of wrong guesses. */
  wasRight(what: string): Promise<void> {
    return this.guesses.forget(keyOf(what));
  }

  private async refuse(until: Date): Promise<never> {
    await this.audit.record('auth.guess_delayed');
    const waitMs = until.getTime() - Date.now();
    throw new GuessingTooFast({ retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) });
  }
}

/** A password: a second to begin with, a quarter of an hour in the end. */
export function passwordGuesses(config: Config): GuessRule {
  return { free: config.SIGN_IN_DELAY_AFTER, firstDelaySeconds: 1, longestDelaySeconds: 900 };
}

/** A hash, because what is guessed at may be an address that somebody mistyped. */
function keyOf(what: string): string {
  return createHash('sha256').update(what).digest('base64url');
}
