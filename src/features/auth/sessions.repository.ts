import { Injectable } from '@nestjs/common';
import type { Prisma, Session, User } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

export type SessionWithUser = Session & {
  user: Pick<User, 'id' | 'role' | 'emailVerifiedAt' | 'disabledAt'>;
};

@Injectable()
export class SessionsRepository extends Repository {
  async insert(session: Prisma.SessionUncheckedCreateInput): Promise<void> {
    await this.write((db) => db.session.create({ data: session, select: { id: true } }));
  }

  findById(id: string): Promise<Session | null> {
    return this.read((db) => db.session.findUnique({ where: { id } }));
  }

  findWithUser(id: string): Promise<SessionWithUser | null> {
    return this.read((db) =>
      db.session.findUnique({
        where: { id },
        include: {
          user: { select: { id: true, role: true, emailVerifiedAt: true, disabledAt: true } },
        },
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
        data: { generation: { increment: 1 }, rotatedAt: now },
      }),
    );
    return count === 1;
  }

  /** False when it was revoked before. */
  async revoke(id: string, now: Date): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.session.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } }),
    );
    return count === 1;
  }
}
