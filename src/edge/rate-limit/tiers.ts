import type { Config } from '#platform/config/config';
import type { Rate } from '#platform/config/parsers';

interface TierRules {
  /**
   * Whom a count belongs to. `account` is the e-mail address in the body. It and `user` are counted
   * right behind the access guard, which is the first to know; see `UserLimitGuard`. So is `tenant`.
   */
  readonly by: 'address' | 'user' | 'account' | 'tenant';
  /** Requests beyond SLOWDOWN_AFTER wait. For what people and scripts call in a loop. */
  readonly slowsDown?: true;
  /** Those who may exceed limits are neither slowed nor refused. */
  readonly sparesAdministrators?: true;
}

/** The named limits. The numbers of each are in the environment: RATE_LIMIT_<TIER>. */
export const TIERS = {
  auth: { by: 'address' },
  login: { by: 'account' },
  api: { by: 'address', slowsDown: true, sparesAdministrators: true },
  static: { by: 'address' },
  admin: { by: 'user', slowsDown: true },
  search: { by: 'user', slowsDown: true, sparesAdministrators: true },
  uploads: { by: 'user' },
  payments: { by: 'user' },
  webhooks: { by: 'address' },
  realtime: { by: 'user' },
  tenant: { by: 'tenant' },
} as const satisfies Record<string, TierRules>;

export type Tier = keyof typeof TIERS;
/** What a route can ask for; all that the members of a tenant do is counted against `tenant` besides. */
export type RouteTier = Exclude<Tier, 'tenant'>;

/** What holds for a route, worked out once. */
export interface TierLimit extends Rate, TierRules {
  readonly tier: Tier;
  /** How many requests of a window are answered at once; 0 for all. */
  readonly slowsAfter: number;
  /** `RateLimit-Policy`, https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
  readonly policy: string;
}

/**
 * How many users at their limit one address may hold: an office, a mobile operator. It bounds what
 * comes without a user, before the access guard spends work on it.
 */
const USERS_PER_ADDRESS = 10;

export function tierLimit(tier: Tier, config: Config): TierLimit {
  const rate = config[`RATE_LIMIT_${tier.toUpperCase() as Uppercase<Tier>}`];
  const rules: TierRules = TIERS[tier];
  const slowsAfter = rules.slowsDown ? config.SLOWDOWN_AFTER : 0;
  return withPolicy({ ...rate, ...rules, tier, slowsAfter });
}

/** What one address may send to a tier that is counted by user. */
export function addressShare(limit: TierLimit): TierLimit {
  return withPolicy({ ...limit, limit: limit.limit * USERS_PER_ADDRESS, by: 'address' });
}

function withPolicy(limit: Omit<TierLimit, 'policy'>): TierLimit {
  return { ...limit, policy: `"${limit.tier}";q=${limit.limit};w=${limit.windowMs / 1_000}` };
}
