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
}
