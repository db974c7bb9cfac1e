import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Config } from '#platform/config/config';
import { PerRoute } from '#platform/routing/per-route';
import { RATE_LIMIT } from './rate-limit.decorators.js';
import { addressShare, tierLimit, type RouteTier, type TierLimit } from './tiers.js';

/** What a route's decorators ask for, in the order of counting. */
export interface RouteLimits {
  /** Before anybody knows who calls: by address. */
  readonly early: readonly TierLimit[];
  /** Behind the access guard: by user, by the account that the body names, at last by tenant. */
  readonly late: readonly TierLimit[];
  /** Behind the access guard, of a machine: by API key, from however many addresses it comes, and by tenant. */
  readonly ofKey: readonly TierLimit[];
}

/** The limits of each route; metadata never changes, so they are worked out once a route. */
@Injectable()
export class RouteTiers {
  /** For what is refused before it gets to a route. */
  readonly ofRefusals: TierLimit;
  private readonly ofTenants: TierLimit;
  private readonly known = new PerRoute<RouteLimits>();

  constructor(
    private readonly config: Config,
    private readonly reflector: Reflector,
  ) {
    this.ofRefusals = tierLimit('api', config);
    this.ofTenants = tierLimit('tenant', config);
  }

  of(context: ExecutionContext): RouteLimits {
    return this.known.get(context, (targets) => {
      const tiers = this.reflector.getAllAndOverride<RouteTier[] | undefined>(RATE_LIMIT, targets);
      const all = (tiers ?? ['api']).map((tier) => tierLimit(tier, this.config));
      const ofTenants = all.length > 0 ? [this.ofTenants] : [];
      return {
        early: all
          .filter(({ by }) => by !== 'account')
          .map((limit) => (limit.by === 'user' ? addressShare(limit) : limit)),
        late: [...all.filter(({ by }) => by !== 'address'), ...ofTenants],
        ofKey: [
          ...all.map((limit) => (limit.by === 'user' ? limit : unslowed(limit))),
          ...ofTenants,
        ],
      };
    });
  }
}

/** Its address has been slowed for the same request. */
function unslowed(limit: TierLimit): TierLimit {
  return { ...limit, slowsAfter: 0 };
}
