import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { OneTimeToken, TokenPurpose, User } from '#platform/database/generated/client';
import { LinkInvalid } from './auth.problems.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

const HOUR_MS = 3_600_000;

const GOOD_FOR_MS: Record<TokenPurpose, number> = {
  email_verification: 48 * HOUR_MS,
  email_change: HOUR_MS,
  password_reset: HOUR_MS,
};

/** Letters of one purpose come no closer than this: nobody can fill another's mailbox. */
const PAUSE_MS = 60_000;

/** The secrets in the links of letters: 256 random bits, of which only the hash is kept. */
@Injectable()
export class OneTimeTokens {
  constructor(private readonly tokens: OneTimeTokensRepository) {}

  /** A new token that voids those before it; null when the last one went out less than a minute ago. */
  async issue(user: User, purpose: TokenPurpose, email = user.email): Promise<string | null> {
    const now = new Date();
    const last = await this.tokens.findNewest(user.id, purpose);
    if (last?.email === email && now.getTime() - last.createdAt.getTime() < PAUSE_MS) return null;
    const token = randomBytes(32).toString('base64url');
    await this.tokens.deleteAllOf(user.id, purpose);
    await this.tokens.insert({
      id: uuidv7(),
      userId: user.id,
      purpose,
      email,
      tokenHash: hashOf(token),
      createdAt: now,
      expiresAt: new Date(now.getTime() + GOOD_FOR_MS[purpose]),
    });
    return token;
  }

  /** Throws `LinkInvalid` unless the token could be redeemed now. */
  async requireGood(token: string, purpose: TokenPurpose): Promise<void> {
    const found = await this.tokens.findGood(hashOf(token), purpose, new Date());
    if (!found) throw new LinkInvalid();
  }

  /** Takes the token for good; to be called in the transaction of what it allows. Throws `LinkInvalid`. */
  async redeem(token: string, ...purposes: TokenPurpose[]): Promise<OneTimeToken> {
    const taken = await this.tokens.take(hashOf(token), purposes, new Date());
    if (!taken) throw new LinkInvalid();
    return taken;
  }

  /** Voids what was sent to the user, for one purpose or for all. */
  voidAllOf(userId: string, purpose?: TokenPurpose): Promise<void> {
    return this.tokens.deleteAllOf(userId, purpose);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
