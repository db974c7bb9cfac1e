import { Injectable } from '@nestjs/common';
import type { Alert } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

/** A rule has one at a time. */
const MOST_ACTIVE = 500;

@Injectable()
export class AlertsRepository extends Repository {
  /** Writes what the process of the alert knows of it; what people did to it stays. */
  async save({ id, acknowledgedAt: _at, acknowledgedBy: _by, ...known }: Alert): Promise<void> {
    await this.write((db) =>
      db.alert.upsert({ where: { id }, create: { id, ...known }, update: known }),
    );
  }

  find(id: string): Promise<Alert | null> {
    return this.read((db) => db.alert.findUnique({ where: { id } }));
  }

  /** The newest first, from before the given id. */
  findPage(isActive: boolean, before: string | undefined, limit: number): Promise<Alert[]> {
    return this.read((db) =>
      db.alert.findMany({
        where: {
          ...(isActive && { resolvedAt: null }),
          ...(before !== undefined && { id: { lt: before } }),
        },
        orderBy: { id: 'desc' },
        take: limit,
      }),
    );
  }

  findActive(): Promise<Alert[]> {
    return this.read((db) =>
      db.alert.findMany({ where: { resolvedAt: null }, orderBy: { id: 'asc' }, take: MOST_ACTIVE }),
    );
  }

  findLatest(rule: string): Promise<Alert | null> {
    return this.read((db) => db.alert.findFirst({ where: { rule }, orderBy: { id: 'desc' } }));
  }

  /** False when it is over, or somebody has done it before. */
  async acknowledge(id: string, by: string, now: Date): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.alert.updateMany({
        where: { id, resolvedAt: null, acknowledgedAt: null },
        data: { acknowledgedAt: now, acknowledgedBy: by },
      }),
    );
    return count > 0;
  }

  /** Ends the alerts of processes that have not said for so long that they are there. */
  async closeUnseenSince(time: Date, now: Date): Promise<void> {
    await this.write((db) =>
      db.alert.updateMany({
        where: { resolvedAt: null, seenAt: { lt: time } },
        data: { resolvedAt: now },
      }),
    );
  }

  async deleteResolvedBefore(time: Date): Promise<void> {
    await this.write((db) => db.alert.deleteMany({ where: { resolvedAt: { lt: time } } }));
  }
}
