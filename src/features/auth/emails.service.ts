import { Injectable } from '@nestjs/common';
import { AuditService } from '#features/audit/audit.service';
import { UsersService } from '#features/users/users.service';
import { Database } from '#platform/database/database';
import type { User } from '#platform/database/generated/client';
import { AccountChangesService } from './account-changes.service.js';
import { LinkInvalid } from './auth.problems.js';
import { OneTimeTokens } from './one-time-tokens.js';

/** Proves addresses. */
@Injectable()
export class EmailsService {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokens,
    private readonly changes: AccountChangesService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /**
   * Takes the secret of a letter: its address is proved and, if it is a new one, the account's from
   * now on. Throws `LinkInvalid`, or `EmailTaken` when somebody else has the address by now.
   */
  async verify(token: string): Promise<void> {
    await this.database.transaction(async () => {
      const { userId, email, purpose } = await this.tokens.redeem(
        token,
        'email_verification',
        'email_change',
      );
      const user = await this.users.get(userId);
      if (purpose === 'email_change') {
        await this.users.update(userId, { email, emailVerifiedAt: new Date() });
        await this.audit.record('user.email_changed', { actor: userId, subject: userId });
        await this.changes.follow(userId, { letter: 'email-changed', formerEmail: user.email });
      } else await this.prove(user, email);
    });
  }

  private async prove(user: User, email: string): Promise<void> {
    if (user.email !== email) throw new LinkInvalid();
    await this.users.update(user.id, { emailVerifiedAt: new Date() });
    await this.audit.record('user.email_verified', { actor: user.id, subject: user.id });
  }
}
