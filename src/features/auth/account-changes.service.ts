import { Injectable } from '@nestjs/common';
import { Queue } from '#platform/queue/queue';
import { OneTimeTokens } from './one-time-tokens.js';
import { LetterToOwner, type LetterKind } from './owner-letters.js';
import { SessionsService } from './sessions.service.js';

export interface AccountChange {
  readonly letter: LetterKind;
  /** The session that made the change, which goes on. */
  readonly keepSession?: string;
  /** Where the letter goes when the change is of the address. */
  readonly formerEmail?: string;
}

/** What follows when it has changed how an account is signed in to. */
@Injectable()
export class AccountChangesService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: OneTimeTokens,
    private readonly queue: Queue,
  ) {}

  /**
   * Ends the account's sessions but the one to keep, voids the secrets that were mailed, and tells
   * the owner. To be called in the transaction of the change.
   */
  async follow(userId: string, { letter, keepSession, formerEmail }: AccountChange): Promise<void> {
    await this.sessions.closeAllOf(userId, { except: keepSession });
    await this.tokens.voidAllOf(userId);
    await this.tell(userId, letter, formerEmail);
  }

  /** Only tells the owner, for a change that adds a way in and so leaves the others alone. */
  tell(userId: string, kind: LetterKind, email?: string): Promise<void> {
    return this.queue.send(LetterToOwner, { kind, userId, ...(email && { email }) });
  }
}
