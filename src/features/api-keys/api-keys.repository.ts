import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database/database';
import { Prisma, type ApiKey, type User } from '#platform/database/generated/client';
import { NewRow } from '#platform/database/new-row';
import { Repository } from '#platform/database/repository';

export type ApiKeyWithUser = ApiKey & {
  user: Pick<User, 'id' | 'role' | 'tenant' | 'emailVerifiedAt' | 'disabledAt' | 'eraseAfter'>;
};

@Injectable()
export class ApiKeysRepository extends Repository {
  private readonly newRow: NewRow<ApiKey>;

  constructor(database: Database) {
    super(database);
    const fields = Prisma.ApiKeyScalarFieldEnum;
    this.newRow = new NewRow(database, { model: 'ApiKey', table: 'api_keys', fields });
  }

  async insert(key: Omit<ApiKey, 'lastUsedAt' | 'revokedAt'>): Promise<ApiKey> {
    const row = { ...key, lastUsedAt: null, revokedAt: null };
    await this.newRow.insert(row);
    return row;
  }

  findWithUser(prefix: string): Promise<ApiKeyWithUser | null> {
    return this.read((db) =>
      db.apiKey.findUnique({
        where: { prefix },
        include: {
          user: {
            select: {
              id: true,
              role: true,
              tenant: true,
              emailVerifiedAt: true,
              disabledAt: true,
              eraseAfter: true,
            },
          },
        },
      }),
    );
  }

  /** The user's newest keys first, from before the given id, without those that were revoked. */
  findPage(userId: string, before: string | undefined, limit: number): Promise<ApiKey[]> {
    return this.read((db) =>
      db.apiKey.findMany({
        where: { userId, revokedAt: null, ...(before !== undefined && { id: { lt: before } }) },
        orderBy: { id: 'desc' },
        take: limit,
      }),
    );
  }

  /** Lets one transaction at a time count and add keys of this user. */
  async lockOwner(userId: string): Promise<void> {
    await this.sql('SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
  }

  countLive(userId: string, now: Date): Promise<number> {
    return this.read((db) =>
      db.apiKey.count({ where: { userId, revokedAt: null, expiresAt: { gt: now } } }),
    );
  }

  /** False when the user has no such key, or has revoked it before. */
  async revoke(id: string, userId: string, now: Date): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.apiKey.updateMany({ where: { id, userId, revokedAt: null }, data: { revokedAt: now } }),
    );
    return count === 1;
  }

  /** Moves the last use on, unless another process has by now. */
  async updateLastUsedAt(id: string, now: Date, unlessSince: Date): Promise<void> {
    await this.write((db) =>
      db.apiKey.updateMany({
        where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: unlessSince } }] },
        data: { lastUsedAt: now },
      }),
    );
  }
}
