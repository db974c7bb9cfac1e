import { Injectable } from '@nestjs/common';
import { Cache } from '#platform/cache/cache';
import { RowCaches } from '#platform/cache/row-caches';
import type { RowCache } from '#platform/cache/row-cache';
import { Database } from '#platform/database/database';
import { Prisma, type Session } from '#platform/database/generated/client';
import { NewRow } from '#platform/database/new-row';
import { Repository } from '#platform/database/repository';
import { UniqueRow } from '#platform/database/unique-row';
import type { Soon } from '#platform/waiting/soon';

const ADDRESSES = 20;

export type NewSession = Pick<
  Session,
  'id' | 'userId' | 'generation' | 'expiresAt' | 'address' | 'userAgent'
>;

@Injectable()
export class SessionsRepository extends Repository {
  private readonly rows: RowCache<Session>;
  private readonly byId: UniqueRow<Session>;
  private readonly newRow: NewRow<Session>;

  constructor(
    database: Database,
    rowCaches: RowCaches,
    private readonly cache: Cache,
  ) {
    super(database);
    this.rows = rowCaches.of('session');
    const fields = Prisma.SessionScalarFieldEnum;
    const table = { model: 'Session', table: 'sessions', fields } as const;
    this.byId = new UniqueRow(database, table, 'id');
    this.newRow = new NewRow(database, table);
  }

  /** Adds a session that begins now. */
  async insert(session: NewSession, now: Date): Promise<void> {
    const times = { rotatedAt: now, lastUsedAt: now, createdAt: now, revokedAt: null };
    try {
      await this.newRow.insert({ ...session, ...times });
    } finally {
      this.forgetListsOf(session.userId);
    }
  }

  findById(id: string): Promise<Session | null> {
    return this.byId.find(id);
  }

  /** As `findById`, from memory where nothing has changed. */
  findKnown(id: string): Soon<Session | null> {
    return this.rows.get(id, () => this.byId.find(id));
  }

  /** From where the account has been signed in to lately; as much work for an address without one. */
  async findAddressesOf(email: string): Promise<(string | null)[]> {
    const sessions = await this.select<Pick<Session, 'address'>>(ADDRESSES_OF, [email, ADDRESSES], {
      keptAs: 'addresses of sessions',
    });
    return sessions.map(({ address }) => address);
  }

  /** The user's live sessions, the newest first, from before the given id. */
  findLivePage(
    userId: string,
    now: Date,
    before: string | undefined,
    limit: number,
  ): Promise<Session[]> {
    return this.read((db) =>
      db.session.findMany({
        where: { ...live(userId, now), ...(before && { id: { lt: before } }) },
        orderBy: { id: 'desc' },
        take: limit,
      }),
    );
  }

  /**
   * Moves a live session on from the given generation. Of many that try at once the row's lock lets
   * one through; false for the others.
   */
  async advance(id: string, generation: number, now: Date): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.session.updateMany({
        where: { id, generation, revokedAt: null, expiresAt: { gt: now } },
        data: { generation: { increment: 1 }, rotatedAt: now, lastUsedAt: now },
      }),
    );
    return count === 1;
  }

  async touch(id: string, now: Date): Promise<void> {
    await this.write((db) =>
      db.session.updateMany({ where: { id, lastUsedAt: { lt: now } }, data: { lastUsedAt: now } }),
    );
  }

  /** False when it was revoked before, or is not the given user's. */
  async revoke(id: string, now: Date, userId?: string): Promise<boolean> {
    try {
      const [revoked] = await this.write((db) =>
        db.session.updateManyAndReturn({
          where: { id, revokedAt: null, ...(userId && { userId }) },
          data: { revokedAt: now },
          select: { userId: true },
        }),
      );
      if (revoked) this.forgetListsOf(revoked.userId);
      return revoked !== undefined;
    } finally {
      this.rows.forget(id);
    }
  }

  /** How many were live. */
  async revokeAllOf(userId: string, now: Date, except?: string): Promise<number> {
    const where = { ...live(userId, now), ...(except && { id: { not: except } }) };
    const revoked = await this.write((db) =>
      db.session.updateManyAndReturn({ where, data: { revokedAt: now }, select: { id: true } }),
    );
    for (const { id } of revoked) this.rows.forget(id);
    this.forgetListsOf(userId);
    return revoked.length;
  }

  private forgetListsOf(userId: string): void {
    this.cache.invalidateTags(`sessions of ${userId}`);
  }
}

const ADDRESSES_OF = `SELECT address FROM sessions
  WHERE user_id = (SELECT id FROM users WHERE email = $1)
  ORDER BY id DESC LIMIT $2`;

function live(userId: string, now: Date) {
  return { userId, revokedAt: null, expiresAt: { gt: now } };
}
