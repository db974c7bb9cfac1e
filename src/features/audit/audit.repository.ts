import { Injectable } from '@nestjs/common';
import type { AuditEntry, Prisma } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

export type AuditFilter = Pick<
  Prisma.AuditEntryWhereInput,
  'action' | 'actor' | 'subject' | 'severity' | 'requestId' | 'time'
>;

@Injectable()
export class AuditRepository extends Repository {
  async insert(entry: Prisma.AuditEntryCreateInput): Promise<void> {
    await this.write((db) => db.auditEntry.create({ data: entry, select: { sequence: true } }));
  }

  /** The newest entries first, from below the given sequence. */
  findPage(filter: AuditFilter, below: bigint | undefined, limit: number): Promise<AuditEntry[]> {
    return this.read((db) =>
      db.auditEntry.findMany({
        where: { ...filter, ...(below !== undefined && { sequence: { lt: below } }) },
        orderBy: { sequence: 'desc' },
        take: limit,
      }),
    );
  }

  /**
   * What the user did and what was done to them, the oldest first, from above the given sequence. Two
   * queries, each of which its own index answers in order.
   */
  async findAbout(userId: string, above: bigint | undefined, limit: number): Promise<AuditEntry[]> {
    const sequence = above === undefined ? {} : { sequence: { gt: above } };
    const page = { orderBy: { sequence: 'asc' }, take: limit } as const;
    const did = await this.read((db) =>
      db.auditEntry.findMany({ where: { actor: userId, ...sequence }, ...page }),
    );
    const happened = await this.read((db) =>
      db.auditEntry.findMany({
        where: { subject: userId, OR: [{ actor: null }, { actor: { not: userId } }], ...sequence },
        ...page,
      }),
    );
    return [...did, ...happened]
      .toSorted((one, other) => (one.sequence < other.sequence ? -1 : 1))
      .slice(0, limit);
  }
}
