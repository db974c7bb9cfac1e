import { Injectable } from '@nestjs/common';
import type { SignedIn } from '#edge/access/principal';
import { ReauthenticationService } from '#features/users/reauthentication.service';
import { UsersService } from '#features/users/users.service';
import { Database } from '#platform/database/database';
import { AccountChangesService } from './account-changes.service.js';
import { OneTimeTokens } from './one-time-tokens.js';
import type { PasswordChange, PasswordReset } from './passwords.dto.js';

@Injectable()
export class PasswordsService {
  constructor(
    private readonly users: UsersService,
    private readonly reauthentication: ReauthenticationService,
    private readonly tokens: OneTimeTokens,
    private readonly changes: AccountChangesService,
    private readonly database: Database,
  ) {}

  /** Throws `WrongPassword` when the current one is not given right. */
  async change(caller: SignedIn, { currentPassword, newPassword }: PasswordChange): Promise<void> {
    await this.reauthentication.require(caller, currentPassword);
    const passwordHash = await this.users.hashPassword(newPassword);
    await this.database.transaction(async () => {
      await this.users.setPasswordHash(caller.userId, passwordHash, 'user.password_changed');
      await this.changes.follow(caller.userId, {
        letter: 'password-changed',
        keepSession: caller.session.id,
      });
    });
  }

  /**
   * Sets the password that was forgotten, with the secret of the letter, which also proves the
   * address. A second factor stays as it was. Throws `LinkInvalid`.
   */
  async reset({ token, newPassword }: PasswordReset): Promise<void> {
    await this.tokens.requireGood(token, 'password_reset'); // junk is not worth a hash
    const passwordHash = await this.users.hashPassword(newPassword);
    await this.database.transaction(async () => {
      const { userId } = await this.tokens.redeem(token, 'password_reset');
      const { emailVerifiedAt } = await this.users.get(userId);
      if (!emailVerifiedAt) await this.users.update(userId, { emailVerifiedAt: new Date() });
      await this.users.setPasswordHash(userId, passwordHash, 'user.password_reset');
      await this.changes.follow(userId, { letter: 'password-changed' });
    });
  }
}
