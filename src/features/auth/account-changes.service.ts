import { Injectable } from '@nestjs/common';
import type { AuditAction } from '#features/audit/actions';
import { AuditService } from '#features/audit/audit.service';
import type { User } from '#platform/database/generated/client';
import { Queue } from '#platform/queue/queue';
import { OneTimeTokens } from './one-time-tokens.js';
import { LetterToOwner, type LetterKind } from './owner-letters.js';
import { SessionsService } from './sessions.service.js';

/** What follows when it has changed how an account is signed in to. */
@Injectable()
export class AccountChangesService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: OneTimeTokens,
    private readonly audit: AuditService,
    private readonly queue: Queue,
  ) {}

  /**
   * Ends the account's sessions but the one to keep, voids the secrets that were mailed, writes the
   * trail, and tells the owner at the address that the account had before. To be called in the
   * transaction of the change.
   */
  async follow(
    user: User,
    change: { action: AuditAction; letter: LetterKind; keepSession?: string },
  ): Promise<void> {
    await this.sessions.closeAllOf(user.id, { except: change.keepSession });
    await this.tokens.voidAllOf(user.id);
    await this.audit.record(change.action, { actor: user.id, subject: user.id });
    await this.queue.send(LetterToOwner, {
      kind: change.letter,
      email: user.email,
      userId: user.id,
    });
  }
}
