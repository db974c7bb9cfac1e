import { parse } from 'bowser';
import { IsOptional } from 'class-validator';
import type { Session } from '#platform/database/generated/client';
import { IsCursor, PageQuery } from '#platform/database/page';
import { UUID } from '#platform/validation/id.decorators';

export class SessionsQuery extends PageQuery {
  /** The nextCursor of the page before. */
  @IsOptional()
  @IsCursor('string', UUID)
  cursor?: string;
}

export class SessionView {
  /** @example "019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11" */
  id: string;
  /** Whether it is the one that asks. */
  isCurrent: boolean;
  /**
   * What the user agent says that it is; anything may call itself so.
   * @example "Firefox on Linux"
   */
  device: string | null;
  /** @example "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0" */
  userAgent: string | null;
  /**
   * Where it was signed in from.
   * @example "203.0.113.7"
   */
  address: string | null;
  createdAt: Date;
  /** To the minute or so. */
  lastUsedAt: Date;
  expiresAt: Date;

  static of(session: Session, currentId: string | undefined): SessionView {
    const { id, userAgent, address, createdAt, lastUsedAt, expiresAt } = session;
    return {
      id,
      isCurrent: id === currentId,
      device: userAgent && deviceOf(userAgent),
      userAgent,
      address,
      createdAt,
      lastUsedAt,
      expiresAt,
    };
  }
}

export class SessionsPage {
  items: SessionView[];
  /** Give it as cursor to get the next page; null at the end. */
  nextCursor: string | null;
}

function deviceOf(userAgent: string): string | null {
  const { browser, os } = parse(userAgent);
  return [browser.name, os.name].filter(Boolean).join(' on ') || null;
}
