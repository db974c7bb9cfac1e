import { Injectable } from '@nestjs/common';
import type { SignedIn } from '#edge/access/principal';
import { ReauthenticationService } from '#features/users/reauthentication.service';
import { WrongPassword } from '#features/users/users.problems';
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
    const { passwordHash: from } = await this.users.get(caller.userId);
    await this.reauthentication.require(caller, currentPassword);
    const to = await this.users.hashPassword(newPassword);
    await this.database.transaction(async () => {
      const change = { from, to };
      const action = 'user.password_changed';
      if (!(await this.users.replacePasswordHash(caller.userId, change, action))) {
        throw new WrongPassword(); // another one was set meanwhile
      }
      await this.changes.follow(caller.userId, {
        letter: 'password-changed',
        keepSession: caller.session.id,
      });
    });
  }

  /**
   * Sets the password that was forgotten, with the secret of the letter, which also proves the
   * address. API keys end. Of an account whose address nobody had proved, passkeys and identities go
   * as well: a stranger may have opened it. A second factor stays as it was. Throws `LinkInvalid`.
   */
  async reset({ token, newPassword }: PasswordReset): Promise<void> {
    await this.tokens.requireGood(token, 'password_reset'); // junk is not worth a hash
    const passwordHash = await this.users.hashPassword(newPassword);
    await this.database.transaction(async () => {
      const { userId } = await this.tokens.redeem(token, 'password_reset');
      const { emailVerifiedAt } = await this.users.get(userId);
      await this.users.revokeApiKeys(userId);
      if (!emailVerifiedAt) {
        await this.users.update(userId, { emailVerifiedAt: new Date() });
        await this.users.deleteOtherWaysIn(userId);
      }
      await this.users.resetPasswordHash(userId, passwordHash);
      await this.changes.follow(userId, { letter: 'password-changed' });
    });
  }
}
