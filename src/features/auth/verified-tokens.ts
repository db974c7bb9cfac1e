import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { SigningKey } from './signing-keys.js';
import type { AccessClaims } from './token-claims.js';

const MOST_TOKENS = 10_000;

/** What was found in a token whose signature was right. */
export interface VerifiedToken {
  readonly claims: AccessClaims;
  /** What it was verified with. */
  readonly key: SigningKey;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * Access tokens that were verified before: a client shows the same one until it expires, and a
 * signature costs more processor time than all look-ups of a request whose rows are known. Kept under
 * a hash, so that memory holds no credentials. Says nothing of the session, which is asked for anyway.
 */
export class VerifiedTokens {
  private readonly tokens = new LRUCache<string, VerifiedToken>({ max: MOST_TOKENS });

  /** The token from its issue to its expiry, without the slack for clocks: outside it is verified anew. */
  find(token: string, nowSeconds: number): VerifiedToken | undefined {
    const verified = this.tokens.get(keyOf(token));
    const isInTime = verified && verified.issuedAt <= nowSeconds && nowSeconds < verified.expiresAt;
    return isInTime ? verified : undefined;
  }

  keep(token: string, verified: VerifiedToken): void {
    this.tokens.set(keyOf(token), verified);
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
