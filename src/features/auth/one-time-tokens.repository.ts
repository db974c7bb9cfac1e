import { Injectable } from '@nestjs/common';
import type { OneTimeToken, Prisma, TokenPurpose } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

@Injectable()
export class OneTimeTokensRepository extends Repository {
  async insert(token: Prisma.OneTimeTokenUncheckedCreateInput): Promise<void> {
    await this.write((db) => db.oneTimeToken.create({ data: token, select: { id: true } }));
  }

  /** Takes a token that is still good: of many at once, one gets it. */
  async take(
    tokenHash: string,
    purposes: readonly TokenPurpose[],
    now: Date,
  ): Promise<OneTimeToken | null> {
    const [token] = await this.write((db) =>
      db.oneTimeToken.updateManyAndReturn({
        where: { tokenHash, purpose: { in: [...purposes] }, usedAt: null, expiresAt: { gt: now } },
        data: { usedAt: now },
      }),
    );
    return token ?? null;
  }

  findGood(tokenHash: string, purpose: TokenPurpose, now: Date): Promise<OneTimeToken | null> {
    return this.read((db) =>
      db.oneTimeToken.findFirst({
        where: { tokenHash, purpose, usedAt: null, expiresAt: { gt: now } },
      }),
    );
  }

  findNewest(userId: string, purpose: TokenPurpose): Promise<OneTimeToken | null> {
    return this.read((db) =>
      db.oneTimeToken.findFirst({
        where: { userId, purpose },
        orderBy: { createdAt: 'desc' },
      }),
    );
  }

  async deleteAllOf(userId: string, purpose?: TokenPurpose): Promise<void> {
    await this.write((db) =>
      db.oneTimeToken.deleteMany({ where: { userId, ...(purpose && { purpose }) } }),
    );
  }
}
