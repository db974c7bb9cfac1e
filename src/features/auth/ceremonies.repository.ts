import { Injectable } from '@nestjs/common';
import type { Ceremony, Prisma } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

@Injectable()
export class CeremoniesRepository extends Repository {
  async insert(ceremony: Prisma.CeremonyCreateInput): Promise<void> {
    await this.write((db) => db.ceremony.create({ data: ceremony, select: { key: true } }));
  }

  find(key: string, kind: string, now: Date): Promise<Ceremony | null> {
    return this.read((db) =>
      db.ceremony.findUnique({ where: { key, kind, expiresAt: { gt: now } } }),
    );
  }

  /** False when it is gone: of many at once one takes it. */
  async delete(key: string): Promise<boolean> {
    const { count } = await this.write((db) => db.ceremony.deleteMany({ where: { key } }));
    return count === 1;
  }

  async deleteExpired(now: Date): Promise<void> {
    await this.write((db) => db.ceremony.deleteMany({ where: { expiresAt: { lte: now } } }));
  }
}
