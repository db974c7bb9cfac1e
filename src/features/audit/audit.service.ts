import { Injectable } from '@nestjs/common';
import { pageOf, type Page } from '#platform/database/page';
import { currentRequest } from '#platform/telemetry/request-context';
import { auditActions, type AuditAction } from './actions.js';
import { AuditQuery, AuditEntryView, OwnAuditEntry } from './audit.dto.js';
import { AuditRepository } from './audit.repository.js';

export interface AuditFact {
  /** Who or what it happened to. */
  subject?: string;
  /** Who did it; the caller of the request at hand unless given. */
  actor?: string;
  /** What else an investigation wants to know; never a secret. */
  metadata?: Record<string, string | number | boolean>;
}

export type { AuditAction } from './actions.js';

const OWN_PAGE = 500;

@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditRepository) {}

  /** Adds an entry: within a transaction it is committed with it or not at all. */
  async record(
    action: AuditAction,
    { subject, actor, metadata = {} }: AuditFact = {},
  ): Promise<void> {
    const request = currentRequest();
    await this.entries.insert({
      action,
      severity: auditActions[action],
      actor: actor ?? request?.actor,
      subject,
      requestId: request?.requestId,
      address: request?.address,
      userAgent: request?.userAgent,
      metadata,
    });
  }

  async getPage({ cursor, limit, from, to, ...filter }: AuditQuery): Promise<Page<AuditEntryView>> {
    const time = { ...(from && { gte: from }), ...(to && { lt: to }) };
    const entries = await this.entries.findPage({ ...filter, time }, cursor, limit + 1);
    return pageOf(
      entries,
      limit,
      (entry) => String(entry.sequence),
      (entry) => AuditEntryView.of(entry),
    );
  }

  /** What the user may know of the trail, the oldest first, from behind the given sequence. */
  async entriesAbout(userId: string, after: string | undefined): Promise<OwnAuditEntry[]> {
    const above = after === undefined ? undefined : BigInt(after);
    const entries = await this.entries.findAbout(userId, above, OWN_PAGE);
    return entries.map((entry) => OwnAuditEntry.of(entry, userId));
  }
}
