import { Injectable } from '@nestjs/common';
import type { SignedIn } from '#edge/access/principal';
import { AuditService } from '#features/audit/audit.service';
import { AccountChangesService } from '#features/auth/account-changes.service';
import { ReauthenticationService } from '#features/users/reauthentication.service';
import { Database } from '#platform/database/database';
import { NotFound } from '#platform/errors/problems';
import { PasskeyView, type PasskeysPage } from './passkeys.dto.js';
import { PasskeysRepository } from './passkeys.repository.js';

/** The passkeys that an account has. */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly passkeys: PasskeysRepository,
    private readonly reauthentication: ReauthenticationService,
    private readonly changes: AccountChangesService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  async getAll(userId: string): Promise<PasskeysPage> {
    const passkeys = await this.passkeys.findAllOf(userId);
    return { items: passkeys.map((passkey) => PasskeyView.of(passkey)), nextCursor: null };
  }

  /** Throws `NotFound` for what is not the user's. */
  async rename(userId: string, id: string, name: string): Promise<void> {
    if (!(await this.passkeys.rename(userId, id, name))) throw new NotFound();
  }

  /** Also ends the other sessions: it may be gone because it was stolen. Throws `NotFound`. */
  async remove(caller: SignedIn, id: string, password: string | undefined): Promise<void> {
    const { userId, session } = caller;
    if (!(await this.passkeys.isOf(userId, id))) throw new NotFound();
    await this.reauthentication.require(caller, password);
    await this.database.transaction(async () => {
      if (!(await this.passkeys.delete(userId, id))) throw new NotFound();
      await this.audit.record('user.passkey_removed', {
        subject: userId,
        metadata: { passkey: id },
      });
      await this.changes.follow(userId, { letter: 'passkey-removed', keepSession: session.id });
    });
  }
}
