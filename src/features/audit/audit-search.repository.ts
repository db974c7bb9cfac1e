import { Injectable } from '@nestjs/common';
import type { AuditEntry, Prisma } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

/** Which entries; those that are set must all hold. */
export interface AuditFilter {
  readonly action?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly severity?: AuditEntry['severity'];
  readonly requestId?: string;
  /** At or after. */
  readonly from?: Date;
  /** Before. */
  readonly to?: Date;
}

/** An entry as it is read: its event's id is of use to nobody but the sealer. */
export type RecordedEntry = Omit<AuditEntry, 'eventId'>;

/** Where an entry stands: by time, and by sequence within a millisecond. */
export type Position = Pick<AuditEntry, 'time' | 'sequence'>;

const omit = { eventId: true } as const;

const OLDEST_FIRST: Prisma.AuditEntryOrderByWithRelationInput[] = [
  { time: 'asc' },
  { sequence: 'asc' },
];

/**
 * Finds entries in the order of their time, not of the chain: only so an index answers a filter and a
 * range of time at once. Every index here ends with that order.
 */
@Injectable()
export class AuditSearchRepository extends Repository {
  /** The newest first, from behind the given one. */
  findNewest(
    filter: AuditFilter,
    behind: Position | undefined,
    limit: number,
  ): Promise<RecordedEntry[]> {
    return this.read((db) =>
      db.auditEntry.findMany({
        omit,
        where: { AND: [whereOf(filter), behind ? before(behind) : {}] },
        orderBy: [{ time: 'desc' }, { sequence: 'desc' }],
        take: limit,
      }),
    );
  }

  /** The oldest first, from behind the given one, as far as the chain went at `upTo`. */
  findOldest(
    filter: AuditFilter,
    behind: Position | undefined,
    { upTo, limit }: { upTo: bigint; limit: number },
  ): Promise<RecordedEntry[]> {
    return this.read((db) =>
      db.auditEntry.findMany({
        omit,
        where: {
          AND: [whereOf(filter), behind ? after(behind) : {}, { sequence: { lte: upTo } }],
        },
        orderBy: OLDEST_FIRST,
        take: limit,
      }),
    );
  }

  /**
   * What the user did and what was done to them, the oldest first, from behind the given one. Two
   * queries, each of which its own index answers in order.
   */
  async findAbout(
    userId: string,
    behind: Position | undefined,
    limit: number,
  ): Promise<RecordedEntry[]> {
    const rest = behind ? after(behind) : {};
    const page = { omit, orderBy: OLDEST_FIRST, take: limit };
    const did = await this.read((db) =>
      db.auditEntry.findMany({ where: { AND: [{ actor: userId }, rest] }, ...page }),
    );
    const byOthers = { OR: [{ actor: null }, { actor: { not: userId } }] };
    const happened = await this.read((db) =>
      db.auditEntry.findMany({ where: { AND: [{ subject: userId }, byOthers, rest] }, ...page }),
    );
    return [...did, ...happened].toSorted(byPosition).slice(0, limit);
  }

  /** The sequence of the last entry of the chain; 0 when there is none. */
  async findLast(): Promise<bigint> {
    const { _max } = await this.read((db) => db.auditEntry.aggregate({ _max: { sequence: true } }));
    return _max.sequence ?? 0n;
  }
}

function whereOf({ from, to, ...equal }: AuditFilter): Prisma.AuditEntryWhereInput {
  return { ...equal, time: { ...(from && { gte: from }), ...(to && { lt: to }) } };
}

// the bound on time alone is what an index can start from; the rest sorts out one millisecond

function before({ time, sequence }: Position): Prisma.AuditEntryWhereInput {
  return { time: { lte: time }, NOT: { time, sequence: { gte: sequence } } };
}

function after({ time, sequence }: Position): Prisma.AuditEntryWhereInput {
  return { time: { gte: time }, NOT: { time, sequence: { lte: sequence } } };
}

function byPosition(one: Position, other: Position): number {
  return one.time.getTime() - other.time.getTime() || (one.sequence < other.sequence ? -1 : 1);
}
