import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { pageOf } from '#platform/database/page';
import {
  AuditSearchRepository,
  type AuditFilter,
  type Position,
} from './audit-search.repository.js';
import { AuditEntryView, OwnAuditEntry, type AuditPage, type AuditQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';
import { AuditTrail } from './audit-trail.js';

const ONE_READING_MS = 15 * 60_000;
const MOST_READINGS = 1_000;
const OWN_PAGE = 500;

/** Answers questions about the trail, and records who asks what. */
@Injectable()
export class AuditSearchService {
  /** Readings at hand, by reader and filter. */
  private readonly readings = new LRUCache<string, true>({
    max: MOST_READINGS,
    ttl: ONE_READING_MS,
  });

  constructor(
    private readonly entries: AuditSearchRepository,
    private readonly audit: AuditService,
    private readonly trail: AuditTrail,
  ) {}

  /** A page of the newest entries first, or of those behind the cursor. */
  async getPage(reader: string, { cursor, limit, ...filter }: AuditQuery): Promise<AuditPage> {
    await this.noteReading(reader, filter, cursor !== undefined);
    const behind = cursor === undefined ? undefined : positionOf(cursor);
    if (behind === undefined) await this.trail.settle();
    const entries = await this.entries.findNewest(filter, behind, limit + 1);
    return pageOf(entries, limit, cursorOf, (entry) => AuditEntryView.of(entry));
  }

  /** What the user may know of the trail, the oldest first, from behind the entry of the cursor. */
  async entriesAbout(userId: string, cursor: string | undefined): Promise<OwnAuditEntry[]> {
    const behind = cursor === undefined ? undefined : positionOf(cursor);
    if (behind === undefined) await this.trail.settle();
    const entries = await this.entries.findAbout(userId, behind, OWN_PAGE);
    return entries.map((entry) => OwnAuditEntry.of(entry, userId));
  }

  /**
   * Each first page is an entry. Further pages of the same reading are not, for a quarter of an hour:
   * else the trail would be about its reading more than about anything else.
   */
  private async noteReading(
    reader: string,
    filter: AuditFilter,
    isContinued: boolean,
  ): Promise<void> {
    const metadata = describe(filter);
    const reading = JSON.stringify([reader, metadata]);
    if (isContinued && this.readings.has(reading)) return;
    await this.audit.record('audit.read', { metadata });
    this.readings.set(reading, true);
  }
}

/** What was asked for, as an entry carries it. */
export function describe({ from, to, ...filter }: AuditFilter) {
  return { ...filter, from: from?.toISOString(), to: to?.toISOString() };
}

/** Where the next page begins when this is the last entry of the one before. */
export function cursorOf({ time, sequence }: { time: Date; sequence: bigint | string }): string {
  return `${time.getTime()}-${sequence}`;
}

function positionOf(cursor: string): Position {
  const [time, sequence] = cursor.split('-');
  return { time: new Date(Number(time)), sequence: BigInt(sequence!) };
}
