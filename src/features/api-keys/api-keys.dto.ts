import { ArrayUnique, IsOptional } from 'class-validator';
import { ALL_PERMISSIONS, type Permission } from '#edge/access/permissions';
import { Raw } from '#edge/request-guard/request-guard.decorators';
import type { ApiKey } from '#platform/database/generated/client';
import { IsCursor, PageQuery } from '#platform/database/page';
import { IsOneOf } from '#platform/validation/choice.decorators';
import { UUID } from '#platform/validation/id.decorators';
import { IsList } from '#platform/validation/list.decorators';
import { IsWholeNumber } from '#platform/validation/number.decorators';
import { IsText } from '#platform/validation/text.decorators';

export class NewApiKey {
  /**
   * What it is for.
   * @example "nightly export"
   */
  @IsText({ max: 100, trim: true })
  name: string;

  /**
   * What it may do, of what the owner may: `["account:read"]` unless given.
   * @example ["account:read"]
   */
  @IsOptional()
  @IsList({ min: 1, max: ALL_PERMISSIONS.length })
  @IsOneOf(ALL_PERMISSIONS, { each: true })
  @ArrayUnique()
  scopes?: Permission[];

  /**
   * 90 unless given.
   * @example 90
   */
  @IsOptional()
  @IsWholeNumber({ min: 1, max: 365 })
  expiresInDays?: number;

  /**
   * Asked for when the sign-in is older than ten minutes.
   * @example "correct horse battery staple"
   */
  @Raw()
  @IsOptional()
  @IsText({ max: 1_024 })
  password?: string;
}

export class ApiKeyView {
  /** @example "019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11" */
  id: string;
  /** @example "nightly export" */
  name: string;
  /**
   * The middle part of the key, to know it again by.
   * @example "3f2a9c01d4e5b678"
   */
  prefix: string;
  /** @example ["account:read"] */
  scopes: string[];
  createdAt: Date;
  expiresAt: Date;
  /** To the minute or so. */
  lastUsedAt: Date | null;

  static of({
    id,
    name,
    prefix,
    scopes,
    createdAt,
    expiresAt,
    lastUsedAt,
  }: Omit<ApiKey, 'secretHash'>): ApiKeyView {
    return { id, name, prefix, scopes, createdAt, expiresAt, lastUsedAt };
  }
}

export class CreatedApiKey extends ApiKeyView {
  /**
   * Send it as `X-API-Key`. Shown this once.
   * @example "aerie_3f2a9c01d4e5b678_…"
   */
  key: string;
}

export class ApiKeysQuery extends PageQuery {
  /** The nextCursor of the page before. */
  @IsOptional()
  @IsCursor('string', UUID)
  cursor?: string;
}

export class ApiKeysPage {
  items: ApiKeyView[];
  /** Give it as cursor to get the next page; null at the end. */
  nextCursor: string | null;
}
