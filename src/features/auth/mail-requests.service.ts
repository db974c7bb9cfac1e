import { Injectable } from '@nestjs/common';
import type { SignedIn } from '#edge/access/principal';
import { AuditService } from '#features/audit/audit.service';
import { ReauthenticationService } from '#features/users/reauthentication.service';
import { Database } from '#platform/database/database';
import { Queue } from '#platform/queue/queue';
import type { NewEmail } from './emails.dto.js';
import { LetterToOwner } from './owner-letters.js';

/**
 * Letters that somebody asks for. Nothing is looked up before the answer: it is the same, and as
 * fast, for any address.
 */
@Injectable()
export class MailRequestsService {
  constructor(
    private readonly reauthentication: ReauthenticationService,
    private readonly audit: AuditService,
    private readonly queue: Queue,
    private readonly database: Database,
  ) {}

  async verifyEmail(email: string): Promise<void> {
    await this.queue.send(LetterToOwner, { kind: 'verify-email', email });
  }

  async resetPassword(email: string): Promise<void> {
    await this.database.transaction(async () => {
      await this.audit.record('auth.password_reset_requested');
      await this.queue.send(LetterToOwner, { kind: 'reset-password', email });
    });
  }

  /** Tells the owner, if there is one, that somebody tries one password after the other. */
  async warnOfGuessing(email: string): Promise<void> {
    await this.queue.send(LetterToOwner, { kind: 'sign-in-delayed', email });
  }

  async changeEmail(caller: SignedIn, { email, password }: NewEmail): Promise<void> {
    await this.reauthentication.require(caller, password);
    const { userId } = caller;
    await this.database.transaction(async () => {
      await this.audit.record('user.email_change_requested', { subject: userId });
      await this.queue.send(LetterToOwner, { kind: 'change-email', email, userId });
    });
  }
}
