import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditService } from '#features/audit/audit.service';
import { GuessesRepository } from './guesses.repository.js';
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

  /**
   * To be called before the guess is looked at; it counts as wrong until `wasRight()`. Returns how
   * many were wrong in a row, this one included. Throws `GuessingTooFast` while a delay is running.
   */
  async take(what: string, free: number): Promise<number> {
    const now = new Date();
    const key = keyOf(what);
    const guess = await this.guesses.take(key, free, now);
    if (guess) return guess.failures;
    await this.audit.record('auth.guess_delayed');
    const until = await this.guesses.blockedUntil(key);
    const waitMs = until ? until.getTime() - now.getTime() : 0;
    throw new GuessingTooFast({ retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) });
  }

  /** Ends the row of wrong guesses. */
  wasRight(what: string): Promise<void> {
    return this.guesses.forget(keyOf(what));
  }

  /** Takes this one guess back; for what is guessed at by many, one of whom was right. */
  wasRightOnce(what: string): Promise<void> {
    return this.guesses.giveBack(keyOf(what));
  }
}

/** A hash, because what is guessed at may be an address that somebody mistyped. */
function keyOf(what: string): string {
  return createHash('sha256').update(what).digest('base64url');
}
