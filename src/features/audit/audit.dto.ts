import { OmitType } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { Severity } from '#platform/database/generated/enums';
import { IsCursor, PageQuery } from '#platform/database/page';
import { IsOneOf } from '#platform/validation/choice.decorators';
import { EndsAfter } from '#platform/validation/date.decorators';
import { fieldRule } from '#platform/validation/field-rule';
import { IsText } from '#platform/validation/text.decorators';
import { IsInstant } from '#platform/validation/time.decorators';
import { actionNames, auditCatalogue, type AuditAction } from './audit.actions.js';
import type { RecordedEntry } from './audit-search.repository.js';
import type { Verdict } from './chain/verification.js';

const CURSOR = /^\d{1,15}-\d{1,18}$/;

/** An action of the catalogue, which features fill after this file has been read. */
const IsKnownAction = () =>
  fieldRule({
    name: 'isKnownAction',
    takes: (value) => auditCatalogue.has(value as string),
    wants: 'must be an action that is recorded, such as auth.logged_in',
    schema: { type: 'string', enum: actionNames },
  });

export class AuditQuery extends PageQuery {
  /** The nextCursor of the page before. */
  @IsOptional()
  @IsCursor('string', CURSOR)
  cursor?: string;

  @IsOptional()
  @IsKnownAction()
  action?: AuditAction;

  /** Id of the user who did it. */
  @IsOptional()
  @IsText({ max: 200 })
  actor?: string;

  /** Id of whom or what it happened to. */
  @IsOptional()
  @IsText({ max: 200 })
  subject?: string;

  @IsOptional()
  @IsOneOf(Severity)
  severity?: Severity;

  @IsOptional()
  @IsText({ max: 128 })
  requestId?: string;

  /** Entries at or after this time. */
  @IsOptional()
  @IsInstant()
  from?: Date;

  /** Entries before this time. */
  @IsOptional()
  @IsInstant()
  @EndsAfter('from')
  to?: Date;
}

export const EXPORT_FORMATS = ['ndjson', 'csv'] as const;

/** Which entries to export, and as what. */
export class AuditExportQuery extends OmitType(AuditQuery, ['cursor', 'limit']) {
  @IsOneOf(EXPORT_FORMATS)
  format: (typeof EXPORT_FORMATS)[number] = 'ndjson';
}

export class AuditEntryView {
  /**
   * Position in the trail, without gaps.
   * @example "4711"
   */
  sequence: string;
  time: Date;
  /** @example "auth.logged_in" */
  action: string;
  severity: Severity;
  /** @example "019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11" */
  actor: string | null;
  /** @example "019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11" */
  subject: string | null;
  /** @example "019aa5b3-70a2-7c55-8a0e-5a8c3b1f7d20" */
  requestId: string | null;
  /** @example "203.0.113.7" */
  address: string | null;
  /** @example "curl/8.14.1" */
  userAgent: string | null;
  metadata: Record<string, unknown>;
  /**
   * SHA-256 over the entry and the hash of the one before.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  hash: string;

  static of({ sequence, metadata, ...entry }: RecordedEntry): AuditEntryView {
    return {
      sequence: String(sequence),
      ...entry,
      metadata: metadata as Record<string, unknown>,
    };
  }
}

/** An entry as the one whom it is about may see it. */
export class OwnAuditEntry {
  sequence: string;
  time: Date;
  action: string;
  /** Whether the account did it itself, another one did, or nobody who was signed in. */
  by: 'you' | 'somebody else' | 'nobody signed in';
  subject: string | null;
  /** From where, unless somebody else did it: that is theirs. */
  address: string | null;
  userAgent: string | null;

  static of(entry: RecordedEntry, userId: string): OwnAuditEntry {
    const { sequence, time, action, actor, subject, address, userAgent } = entry;
    const isOthers = actor !== null && actor !== userId;
    return {
      sequence: String(sequence),
      time,
      action,
      by: isOthers ? 'somebody else' : actor === null ? 'nobody signed in' : 'you',
      subject,
      address: isOthers ? null : address,
      userAgent: isOthers ? null : userAgent,
    };
  }
}

export class AuditPage {
  items: AuditEntryView[];
  /** Give it as cursor to get the next page; null at the end. */
  nextCursor: string | null;
}

export class AuditVerdict {
  valid: boolean;
  /** Entries that were looked at. */
  checked: number;
  /**
   * From this entry on the trail cannot be trusted.
   * @example "4711"
   */
  firstBadSequence?: string;
  /** @example "entry 4711 is missing" */
  reason?: string;

  static of({ valid, checked, firstBadSequence, reason }: Verdict): AuditVerdict {
    if (valid) return { valid, checked };
    return { valid, checked, firstBadSequence: String(firstBadSequence), reason };
  }
}
