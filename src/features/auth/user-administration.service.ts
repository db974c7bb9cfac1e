import { Injectable } from '@nestjs/common';
import { UsersService } from '#features/users/users.service';
import { Database } from '#platform/database/database';
import type { Prisma, Role, Session } from '#platform/database/generated/client';
import type { Page } from '#platform/database/page';
import { Conflict, NotFound } from '#platform/errors/problems';
import type { SessionsQuery } from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

@Injectable()
export class UserAdministrationService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly database: Database,
  ) {}

  async disable(callerId: string, id: string): Promise<void> {
    await this.database.transaction(async () => {
      await this.change(callerId, id, { disabledAt: new Date() });
      await this.sessions.closeAllOf(id);
    });
  }

  enable(callerId: string, id: string): Promise<void> {
    return this.change(callerId, id, { disabledAt: null });
  }

  changeRole(callerId: string, id: string, role: Role): Promise<void> {
    return this.change(callerId, id, { role });
  }

  /** Makes the account a member of that organisation, or of none. */
  changeTenant(callerId: string, id: string, tenant: string | null): Promise<void> {
    return this.change(callerId, id, { tenant });
  }

  /** Where the user is signed in. Throws `NotFound`. */
  async getSessions(id: string, query: SessionsQuery): Promise<Page<Session>> {
    await this.users.get(id);
    return this.sessions.getPage(id, query);
  }

  /** Throws `NotFound` unless it is a live session of the user. */
  endSession(id: string, sessionId: string): Promise<void> {
    return this.sessions.closeOf(id, sessionId);
  }

  async endSessions(id: string): Promise<void> {
    await this.users.get(id);
    await this.sessions.closeAllOf(id);
  }

  /**
   * Never on the caller's own account: so no administrator can shut out the last one. Throws
   * `NotFound` and `Conflict`.
   */
  private async change(callerId: string, id: string, data: Prisma.UserUpdateInput): Promise<void> {
    if (id === callerId)
      throw new Conflict({ detail: 'Your own account is for others to change.' });
    await this.database.transaction(async () => {
      const user = await this.users.get(id);
      if (user.erasedAt) throw new NotFound();
      await this.users.requireOtherAdministrators(id);
      await this.users.update(id, data);
    });
  }
}
