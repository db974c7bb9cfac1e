import { Injectable } from '@nestjs/common';
import { AccountChangesService } from '#features/auth/account-changes.service';
import { UsersService } from '#features/users/users.service';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import type { DeletionView } from './personal-data.dto.js';

/** Takes an account out of use at its owner's wish; `ErasureService` erases it after the grace. */
@Injectable()
export class DeletionService {
  constructor(
    private readonly users: UsersService,
    private readonly changes: AccountChangesService,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** Nothing opens the account from now on but signing in, which cancels. Throws `LastAdministrator`. */
  request(userId: string): Promise<DeletionView> {
    return this.database.transaction(async () => {
      const eraseAfter = new Date(Date.now() + this.config.ACCOUNT_ERASURE_GRACE);
      await this.users.scheduleErasure(userId, eraseAfter);
      await this.users.revokeApiKeys(userId);
      await this.changes.follow(userId, { letter: 'erasure-requested' });
      return { eraseAfter };
    });
  }
}
