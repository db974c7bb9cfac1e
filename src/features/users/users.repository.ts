import { Injectable } from '@nestjs/common';
import { Cache } from '#platform/cache/cache';
import type { RowCache } from '#platform/cache/row-cache';
import { RowCaches } from '#platform/cache/row-caches';
import { Database } from '#platform/database/database';
import { Prisma, type User } from '#platform/database/generated/client';
import { isDuplicate } from '#platform/database/outage';
import { Repository } from '#platform/database/repository';
import { UniqueRow } from '#platform/database/unique-row';
import type { Soon } from '#platform/waiting/soon';
import { EmailTaken } from './users.problems.js';

/** What lets an owner in. */
type Admission = Pick<User, 'passwordHash' | 'disabledAt' | 'eraseAfter'>;

@Injectable()
export class UsersRepository extends Repository {
  private readonly rows: RowCache<User>;
  private readonly byId: UniqueRow<User>;
  private readonly byEmail: UniqueRow<User>;

  constructor(
    database: Database,
    rowCaches: RowCaches,
    private readonly cache: Cache,
  ) {
    super(database);
    this.rows = rowCaches.of('user');
    const fields = Prisma.UserScalarFieldEnum;
    const table = { model: 'User', table: 'users', fields } as const;
    this.byId = new UniqueRow(database, table, 'id');
    this.byEmail = new UniqueRow(database, table, 'email');
  }

  findById(id: string): Promise<User | null> {
    return this.byId.find(id);
  }

  /** As `findById`, from memory where nothing has changed. */
  findKnown(id: string): Soon<User | null> {
    return this.rows.get(id, () => this.byId.find(id));
  }

  findByEmail(email: string): Promise<User | null> {
    return this.byEmail.find(email);
  }

  /** The newest users first, from before the given id. */
  findPage(before: string | undefined, limit: number): Promise<User[]> {
    return this.read((db) =>
      db.user.findMany({
        where: before === undefined ? {} : { id: { lt: before } },
        orderBy: { id: 'desc' },
        take: limit,
      }),
    );
  }

  async hasAdministrator(): Promise<boolean> {
    const found = await this.read((db) =>
      db.user.findFirst({ where: { role: 'admin' }, select: { id: true } }),
    );
    return found !== null;
  }

  /** False when the address is taken. */
  async insertUnlessTaken(user: Prisma.UserCreateManyInput): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.user.createMany({ data: [user], skipDuplicates: true }),
    );
    this.cache.invalidateTags('users');
    return count === 1;
  }

  /** Leaves uniqueness to the index: a look-up first would let two simultaneous sign-ups both pass. */
  async insert(user: Prisma.UserCreateInput): Promise<User> {
    try {
      return await this.write((db) => db.user.create({ data: user }));
    } catch (error) {
      throw isDuplicate(error) ? new EmailTaken({ cause: error }) : error;
    } finally {
      this.cache.invalidateTags('users');
    }
  }

  /** Throws `EmailTaken` when the change is to an address that somebody has. */
  async update(id: string, data: Prisma.UserUpdateInput): Promise<void> {
    try {
      await this.write((db) => db.user.update({ where: { id }, data, select: { id: true } }));
    } catch (error) {
      throw isDuplicate(error) ? new EmailTaken({ cause: error }) : error;
    } finally {
      this.forget(id);
    }
  }

  /**
   * In how many ways the user can sign in: a password, passkeys, identities at a provider. Holds the
   * row until the transaction ends, so that of two who take one away the second sees what is left.
   */
  async countWaysIn(id: string): Promise<number> {
    const { passwordHash, _count } = await this.write((db) =>
      db.user.update({
        where: { id },
        data: { updatedAt: new Date() },
        select: { passwordHash: true, _count: { select: { passkeys: true, identities: true } } },
      }),
    );
    return Number(passwordHash !== null) + _count.passkeys + _count.identities;
  }

  async revokeApiKeys(userId: string, now: Date): Promise<void> {
    await this.write((db) =>
      db.apiKey.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } }),
    );
  }

  async deleteOtherWaysIn(userId: string): Promise<void> {
    await this.write((db) => db.passkey.deleteMany({ where: { userId } }));
    await this.write((db) => db.identity.deleteMany({ where: { userId } }));
  }

  /** False when the account is erased by now. */
  async keepAccount(id: string): Promise<boolean> {
    return this.updateWhere(id, { erasedAt: null }, { eraseAfter: null });
  }

  /** False when it is scheduled already. */
  async scheduleErasure(id: string, eraseAfter: Date): Promise<boolean> {
    return this.updateWhere(id, { eraseAfter: null, erasedAt: null }, { eraseAfter });
  }

  /** False when it is another one by now. */
  async replacePasswordHash(id: string, from: string | null, to: string): Promise<boolean> {
    return this.updateWhere(id, { passwordHash: from }, { passwordHash: to });
  }

  /** What lets an owner in, which nobody changes until the transaction ends. */
  async lockAdmission(id: string): Promise<Admission | null> {
    const [row] = await this.sql<Admission>(LOCK_ADMISSION, [id], { keptAs: 'admission' });
    return row ?? null;
  }

  /** The administrators who can sign in, none of whom can stop being one until the transaction ends. */
  async lockAdministrators(): Promise<string[]> {
    const rows = await this.write(
      (db) => db.$queryRaw<{ id: string }[]>`
        SELECT id FROM users
        WHERE role = 'admin' AND disabled_at IS NULL AND erase_after IS NULL
        ORDER BY id FOR UPDATE`,
    );
    return rows.map(({ id }) => id);
  }

  private forget(id: string): void {
    this.rows.forget(id);
    this.cache.invalidateTags('users');
  }

  private async updateWhere(
    id: string,
    where: Prisma.UserWhereInput,
    data: Prisma.UserUpdateManyMutationInput,
  ): Promise<boolean> {
    try {
      const { count } = await this.write((db) =>
        db.user.updateMany({ where: { ...where, id }, data }),
      );
      return count === 1;
    } finally {
      this.forget(id);
    }
  }
}

const LOCK_ADMISSION = `SELECT password_hash AS "passwordHash", disabled_at AS "disabledAt",
    erase_after AS "eraseAfter"
  FROM users WHERE id = $1 FOR NO KEY UPDATE`;
