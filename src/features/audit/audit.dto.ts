import { Transform, Type } from 'class-transformer';
import { IsDate, IsEnum, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { AuditEntry } from '#platform/database/generated/client';
import { Severity } from '#platform/database/generated/enums';
import { IsCursor, PageQuery } from '#platform/database/page';
import { auditActions, type AuditAction } from './actions.js';

const ACTIONS = Object.keys(auditActions);
const SEQUENCE = /^\d{1,18}$/;

export class AuditQuery extends PageQuery {
  /** The nextCursor of the page before. */
  @IsOptional()
  @Transform(({ value }) => (SEQUENCE.test(String(value)) ? BigInt(value as string) : value))
  @IsCursor('bigint')
  cursor?: bigint;

  @IsOptional()
  @IsIn(ACTIONS)
  action?: AuditAction;

  /** Id of the user who did it. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  actor?: string;

  /** Id of whom or what it happened to. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  subject?: string;

  @IsOptional()
  @IsEnum(Severity)
  severity?: Severity;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  requestId?: string;

  /** Entries at or after this time. */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;

  /** Entries before this time. */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;
}

export class AuditEntryView {
  /** Position in the trail, growing; may have gaps. */
  sequence: string;
  time: Date;
  /** @example "auth.logged_in" */
  action: string;
  severity: Severity;
  actor: string | null;
  subject: string | null;
  requestId: string | null;
  address: string | null;
  userAgent: string | null;
  metadata: Record<string, unknown>;

  static of({ sequence, metadata, ...entry }: AuditEntry): AuditEntryView {
    return {
      sequence: String(sequence),
      ...entry,
      metadata: metadata as Record<string, unknown>,
    };
  }
}

export class AuditPage {
  items: AuditEntryView[];
  /** Give it as cursor to get the next page; null at the end. */
  nextCursor: string | null;
}
