import { Injectable } from '@nestjs/common';
import type { Prisma } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

@Injectable()
export class AuditRepository extends Repository {
  async insert(entry: Prisma.AuditEntryCreateInput): Promise<void> {
    await this.write((db) => db.auditEntry.create({ data: entry, select: { sequence: true } }));
  }
}
