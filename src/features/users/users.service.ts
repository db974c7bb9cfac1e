import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditService } from '#features/audit/audit.service';
import { Database } from '#platform/database/database';
import type { User } from '#platform/database/generated/client';
import { pageOf } from '#platform/database/page';
import { NotFound } from '#platform/errors/problems';
import { PasswordHasher } from './password-hasher.js';
import { UserView, type UsersPage, type UsersQuery } from './users.dto.js';
import { EmailTaken } from './users.problems.js';
import { UsersRepository } from './users.repository.js';

export interface NewAccount {
  /** Normalised. */
  readonly email: string;
  readonly password: string;
  readonly name?: string;
}

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: PasswordHasher,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /**
   * Adds the user and its audit entry, or neither. An address that is taken is recorded and not
   * told: the answer must not say who has an account here.
   */
  async register({ email, password, name }: NewAccount): Promise<void> {
    const passwordHash = await this.passwords.hash(password);
    try {
      await this.database.transaction(async () => {
        const user = await this.users.insert({ id: uuidv7(), email, name, passwordHash });
        await this.audit.record('user.registered', { subject: user.id });
      });
    } catch (error) {
      if (!(error instanceof EmailTaken)) throw error;
      const owner = await this.users.findByEmail(email);
      await this.audit.record('user.registration_repeated', { subject: owner?.id });
    }
  }

  hasAdministrator(): Promise<boolean> {
    return this.users.hasAdministrator();
  }

  async exists(id: string): Promise<boolean> {
    return (await this.users.findById(id)) !== null;
  }

  /** False when the address is taken: another process was faster, or a user has it. */
  async addAdministrator({ id, email, password }: NewAccount & { id: string }): Promise<boolean> {
    const passwordHash = await this.passwords.hash(password);
    const user = { id, email, passwordHash, emailVerifiedAt: new Date() };
    try {
      await this.database.transaction(async () => {
        await this.users.insert({ ...user, role: 'admin' });
        await this.audit.record('user.administrator_created', { subject: user.id });
      });
      return true;
    } catch (error) {
      if (error instanceof EmailTaken) return false;
      throw error;
    }
  }

  /** The user whose password this is, or null; as slow for an unknown address as for a wrong password. */
  async findByCredentials(email: string, password: string): Promise<User | null> {
    const user = await this.users.findByEmail(email);
    const isMatch = await this.passwords.matches(password, user?.passwordHash ?? null);
    if (!user || !isMatch) {
      await this.audit.record('auth.login_failed', { subject: user?.id });
      return null;
    }
    if (this.passwords.isOutdated(user.passwordHash!)) await this.rehash(user.id, password);
    return user;
  }

  /** Throws `NotFound`. */
  async get(id: string): Promise<User> {
    const user = await this.users.findById(id);
    if (!user) throw new NotFound();
    return user;
  }

  /** Whether the password is that of the account; a failure is recorded. */
  async hasPassword(id: string, password: string): Promise<boolean> {
    const user = await this.get(id);
    const isMatch = await this.passwords.matches(password, user.passwordHash);
    if (!isMatch) await this.audit.record('auth.reauthentication_failed', { subject: id });
    return isMatch;
  }

  async getView(id: string): Promise<UserView> {
    return UserView.of(await this.get(id));
  }

  async getPage({ cursor, limit }: UsersQuery): Promise<UsersPage> {
    const users = await this.users.findPage(cursor, limit + 1);
    return pageOf(
      users,
      limit,
      (user) => user.id,
      (user) => UserView.of(user),
    );
  }

  private async rehash(id: string, password: string): Promise<void> {
    const passwordHash = await this.passwords.hash(password);
    await this.database.transaction(async () => {
      await this.users.updatePasswordHash(id, passwordHash);
      await this.audit.record('user.password_rehashed', { subject: id });
    });
  }
}
