import { Injectable } from '@nestjs/common';
import { AuditService } from '#features/audit/audit.service';
import { UsersService } from '#features/users/users.service';
import { Database } from '#platform/database/database';
import { Queue } from '#platform/queue/queue';
import type { NewUser } from './auth.dto.js';
import { LetterToOwner } from './owner-letters.js';

@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly audit: AuditService,
    private readonly queue: Queue,
    private readonly database: Database,
  ) {}

  /**
   * Adds the account and has its owner written to. For an address that is taken the same steps are
   * taken, and the letter says so: neither answer nor time tells a stranger who has an account.
   */
  async register({ email, password, name }: NewUser): Promise<void> {
    const passwordHash = await this.users.hashPassword(password);
    await this.database.transaction(async () => {
      const { user, isNew } = await this.users.addUnlessTaken({ email, name, passwordHash });
      await this.audit.record(isNew ? 'user.registered' : 'user.registration_repeated', {
        subject: user.id,
      });
      await this.queue.send(LetterToOwner, {
        kind: isNew ? 'verify-email' : 'registered-again',
        email: user.email,
      });
    });
  }
}
