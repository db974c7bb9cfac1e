import { Injectable } from '@nestjs/common';
import type { SignedIn } from '#edge/access/principal';
import { Config } from '#platform/config/config';
import { GuessesService, passwordGuesses } from './guesses.service.js';
import { ReauthenticationRequired, WrongPassword } from './users.problems.js';
import { UsersService } from './users.service.js';

const RECENT_MS = 10 * 60_000;

/** An optional member of a body may be null as well. */
type Given = string | null | undefined;

/**
 * Asks a signed-in owner once more who they are, before a change that a stolen token must not be
 * enough for.
 */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly users: UsersService,
    private readonly guesses: GuessesService,
    private readonly config: Config,
  ) {}

  /** Passes with the account's password; an account without one must have signed in just now. */
  async require(caller: SignedIn, password: Given): Promise<void> {
    if (typeof password === 'string') {
      const what = `password of ${caller.userId}`;
      const rule = passwordGuesses(this.config);
      await this.guesses.requireNoDelay(rule, what);
      const isRight = await this.users.hasPassword(caller.userId, password);
      await this.guesses.settle(what, rule, isRight);
      if (!isRight) throw new WrongPassword();
      return;
    }
    const { passwordHash } = await this.users.get(caller.userId);
    if (passwordHash !== null || !isRecent(caller)) throw new ReauthenticationRequired();
  }

  /** For what adds protection: a sign-in of the last ten minutes is enough. */
  async requireRecent(caller: SignedIn, password: Given): Promise<void> {
    if (typeof password === 'string' || !isRecent(caller)) await this.require(caller, password);
  }
}

function isRecent({ session }: SignedIn): boolean {
  return Date.now() - session.startedAt.getTime() <= RECENT_MS;
}
