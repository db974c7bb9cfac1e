import { Injectable } from '@nestjs/common';
import { Cache } from '#platform/cache/cache';
import type { RowCache } from '#platform/cache/row-cache';
import { RowCaches } from '#platform/cache/row-caches';
import { Database } from '#platform/database/database';
import type { User } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

@Injectable()
export class ErasureRepository extends Repository {
  private readonly users: RowCache<User>;

  constructor(
    database: Database,
    rowCaches: RowCaches,
    private readonly cache: Cache,
  ) {
    super(database);
    this.users = rowCaches.of('user');
  }

  /** Ids of accounts whose grace is over, in order, from behind the given one. */
  async findDue(now: Date, after: string | undefined, limit: number): Promise<string[]> {
    const users = await this.read((db) =>
      db.user.findMany({
        where: {
          eraseAfter: { lte: now },
          erasedAt: null,
          ...(after !== undefined && { id: { gt: after } }),
        },
        orderBy: { id: 'asc' },
        take: limit,
        select: { id: true },
      }),
    );
    return users.map(({ id }) => id);
  }

  /**
   * Leaves a row that names nobody, for those that refer to it. False when the account is not due any
   * more: its owner came back, or another process was faster.
   */
  async anonymise(id: string, now: Date): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.user.updateMany({
        where: { id, eraseAfter: { lte: now }, erasedAt: null },
        data: {
          email: `erased-${id}@erased.invalid`,
          name: null,
          passwordHash: null,
          role: 'user',
          tenant: null,
          emailVerifiedAt: null,
          disabledAt: now,
          eraseAfter: null,
          erasedAt: now,
        },
      }),
    );
    this.users.forget(id);
    this.cache.invalidateTags('users');
    return count === 1;
  }

  /** Deletes what belongs to the account. A test compares this with the tables that have a `user_id`. */
  async deleteBelongings(userId: string): Promise<void> {
    const where = { userId };
    await this.write((db) => db.session.deleteMany({ where }));
    await this.write((db) => db.oneTimeToken.deleteMany({ where }));
    await this.write((db) => db.totp.deleteMany({ where }));
    await this.write((db) => db.recoveryCode.deleteMany({ where }));
    await this.write((db) => db.passkey.deleteMany({ where }));
    await this.write((db) => db.identity.deleteMany({ where }));
    await this.write((db) => db.ceremony.deleteMany({ where }));
    await this.write((db) => db.apiKey.deleteMany({ where }));
    await this.write((db) => db.userPicture.deleteMany({ where }));
  }
}
