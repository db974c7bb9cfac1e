import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditService } from '#features/audit/audit.service';
import { Cached } from '#platform/cache/cached.decorators';
import { Database } from '#platform/database/database';
import type { Prisma, User } from '#platform/database/generated/client';
import { pageOf } from '#platform/database/page';
import { NotFound } from '#platform/errors/problems';
import type { Soon } from '#platform/waiting/soon';
import { PasswordHasher } from './password-hasher.js';
import { UserView, type UsersPage, type UsersQuery } from './users.dto.js';
import { EmailTaken, LastAdministrator, LastWayIn } from './users.problems.js';
import { UsersRepository } from './users.repository.js';

export interface NewUserRow {
  /** Normalised. */
  readonly email: string;
  readonly passwordHash: string | null;
  readonly name?: string;
}

export interface NewAccount {
  /** Normalised. */
  readonly email: string;
  readonly password: string;
}

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: PasswordHasher,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  hashPassword(password: string): Promise<string> {
    return this.passwords.hash(password);
  }

  /** The account with this address, added unless there was one; the same steps in either case. */
  async addUnlessTaken({
    email,
    passwordHash,
    name,
  }: NewUserRow): Promise<{ user: User; isNew: boolean }> {
    const isNew = await this.users.insertUnlessTaken({ id: uuidv7(), email, passwordHash, name });
    const user = await this.users.findByEmail(email);
    if (!user) throw new NotFound(); // removed in between
    return { user, isNew };
  }

  /**
   * Adds a user who has no password, and whose address a provider vouches for. Throws `EmailTaken`.
   * Call it in the transaction that adds the way to sign in.
   */
  async registerVerified({ email, name }: Omit<NewUserRow, 'passwordHash'>): Promise<User> {
    const user = await this.users.insert({
      id: uuidv7(),
      email,
      name,
      emailVerifiedAt: new Date(),
    });
    await this.audit.record('user.registered', { subject: user.id });
    return user;
  }

  /**
   * Throws `LastWayIn` unless the user can sign in in another way, too. Call it in the transaction
   * that takes the one away, before it is gone.
   */
  async requireAnotherWayIn(id: string): Promise<void> {
    if ((await this.users.countWaysIn(id)) < 2) throw new LastWayIn();
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
    if (!this.passwords.isOutdated(user.passwordHash!)) return user;
    await this.rehash(user, password);
    return this.findByCredentials(email, password); // as it is now: somebody may have been faster
  }

  find(id: string): Promise<User | null> {
    return this.users.findById(id);
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findByEmail(email);
  }

  /** Throws `EmailTaken` when the change is to an address that somebody has. */
  update(id: string, change: Prisma.UserUpdateInput): Promise<void> {
    return this.users.update(id, change);
  }

  revokeApiKeys(id: string): Promise<void> {
    return this.users.revokeApiKeys(id, new Date());
  }

  /** Passkeys and identities at a provider go; the password and the second factor stay. */
  deleteOtherWaysIn(id: string): Promise<void> {
    return this.users.deleteOtherWaysIn(id);
  }

  async resetPasswordHash(id: string, passwordHash: string): Promise<void> {
    await this.database.transaction(async () => {
      await this.users.update(id, { passwordHash });
      await this.audit.record('user.password_reset', { actor: id, subject: id });
    });
  }

  /** False when the password is another one by now than what `from` is the hash of. */
  async replacePasswordHash(
    id: string,
    { from, to }: { from: string | null; to: string },
    action: 'user.password_changed' | 'user.password_rehashed',
  ): Promise<boolean> {
    return this.database.transaction(async () => {
      const isReplaced = await this.users.replacePasswordHash(id, from, to);
      if (isReplaced) await this.audit.record(action, { actor: id, subject: id });
      return isReplaced;
    });
  }

  /** Throws `NotFound`. */
  async get(id: string): Promise<User> {
    const user = await this.users.findById(id);
    if (!user) throw new NotFound();
    return user;
  }

  /** Whether the password is that of the account, and still is after the look at it; a failure is recorded. */
  async hasPassword(id: string, password: string): Promise<boolean> {
    const { passwordHash } = await this.get(id);
    const isRight = await this.passwords.matches(password, passwordHash);
    const isMatch = isRight && (await this.get(id)).passwordHash === passwordHash;
    if (!isMatch) await this.audit.record('auth.reauthentication_failed', { subject: id });
    return isMatch;
  }

  /** As `findById`, without a round trip when nothing has changed; for what every request asks. */
  findKnown(id: string): Soon<User | null> {
    return this.users.findKnown(id);
  }

  /** Takes the account out of use; it is erased after the time given. Throws `LastAdministrator`. */
  async scheduleErasure(id: string, eraseAfter: Date): Promise<void> {
    await this.database.transaction(async () => {
      await this.requireOtherAdministrators(id);
      if (!(await this.users.scheduleErasure(id, eraseAfter))) return;
      await this.audit.record('user.erasure_requested', {
        subject: id,
        metadata: { eraseAfter: eraseAfter.toISOString() },
      });
    });
  }

  /**
   * Throws `LastAdministrator` when nobody else is one. In a transaction the others stay until it
   * ends: of the last two, one has to.
   */
  async requireOtherAdministrators(id: string): Promise<void> {
    const administrators = await this.users.lockAdministrators();
    if (administrators.length === 1 && administrators[0] === id) throw new LastAdministrator();
  }

  /**
   * Whether the account may be signed in to with what this user was proved by; in a transaction it
   * stays so until the end. Whoever comes back within the grace of an erasure keeps the account; a
   * sign-in that the owner's wish overtook does not.
   */
  async admit({ id, passwordHash, eraseAfter }: User): Promise<boolean> {
    const now = await this.users.lockAdmission(id);
    if (!now || now.disabledAt || now.passwordHash !== passwordHash) return false;
    if (!now.eraseAfter) return true;
    return eraseAfter !== null && this.cancelErasure(id);
  }

  /** The owner came back: the account stays. False when it was erased a moment ago. */
  cancelErasure(id: string): Promise<boolean> {
    return this.database.transaction(async () => {
      const isKept = await this.users.keepAccount(id);
      if (isKept) await this.audit.record('user.erasure_cancelled', { actor: id, subject: id });
      return isKept;
    });
  }

  async getView(id: string): Promise<UserView> {
    const user = await this.users.findKnown(id);
    if (!user) throw new NotFound();
    return UserView.of(user);
  }

  @Cached({
    ttl: '10s',
    grace: '1m',
    tags: ['users'],
    per: 'tenant',
    key: ({ email = '', cursor = '', limit }: UsersQuery) => `${email} ${cursor} ${limit}`,
  })
  async getPage({ email, cursor, limit }: UsersQuery): Promise<UsersPage> {
    if (email !== undefined) {
      const user = await this.users.findByEmail(email);
      return { items: user ? [UserView.of(user)] : [], nextCursor: null };
    }
    const users = await this.users.findPage(cursor, limit + 1);
    return pageOf(
      users,
      limit,
      (user) => user.id,
      (user) => UserView.of(user),
    );
  }

  /** Never in the place of another password, which was set meanwhile. */
  private async rehash({ id, passwordHash: from }: User, password: string): Promise<void> {
    const to = await this.passwords.hash(password);
    await this.replacePasswordHash(id, { from, to }, 'user.password_rehashed');
  }
}
