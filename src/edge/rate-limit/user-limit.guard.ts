import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientOf } from '#edge/request-guard/client-of';
import { inTurn, whenThere, type Soon } from '#platform/waiting/soon';
import { accountOf } from './account-of.js';
import { digest } from './digest.js';
import { FamiliarPlaces } from './familiar-places.js';
import { RateLimits } from './rate-limits.js';
import { RouteTiers } from './route-tiers.js';
import type { TierLimit } from './tiers.js';

/**
 * Counts the tiers that belong to a user or an account. The limits stand before access, so that a flood is
 * refused before it costs a look-up; but who calls is known only behind it. Hence two steps with
 * the same counters: the address has a share of the tier first, ten users' worth, then each user
 * has the tier itself, from whatever address. A caller of a public route is its address. An API
 * key is counted for itself, in every tier of the route. The account of a sign-in is counted here,
 * too: what its address or the request guard refuses must not count against it, and the request
 * guard has by then mended what would make one address look like another. What the members of a
 * tenant do, and their API keys, counts against the tenant's tier at last: only what they may do at all.
 */
@Injectable()
export class UserLimitGuard implements CanActivate {
  constructor(
    private readonly limits: RateLimits,
    private readonly tiers: RouteTiers,
    private readonly places: FamiliarPlaces,
  ) {}

  canActivate(context: ExecutionContext): Soon<boolean> {
    const { late, ofKey } = this.tiers.of(context);
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const counted = inTurn(request.principal?.apiKeyId ? ofKey : late, (limit) => {
      if (limit.by === 'account') return this.takeSignIn(limit, request, reply);
      const who = keyOf(limit, request);
      if (who !== null) return this.limits.take(limit, who, request, reply);
    });
    return whenThere(counted, () => true);
  }

  /** Where its owner has signed in before, an account that others have used up is counted anew. */
  private takeSignIn(limit: TierLimit, request: FastifyRequest, reply: FastifyReply): Soon<void> {
    const email = accountOf(request.body);
    if (email === null) return;
    return this.limits.take(limit, digest(email), request, reply, async () => {
      const client = clientOf(request.ip);
      const isFamiliar = await this.places.hasBeenOpenedFrom(client, email);
      return isFamiliar ? digest(`${email} from ${client}`) : null;
    });
  }
}

function keyOf({ by }: TierLimit, request: FastifyRequest): string | null {
  return by === 'tenant' ? (request.principal?.tenant ?? null) : callerOf(request);
}

function callerOf({ principal, ip }: FastifyRequest): string {
  if (!principal) return `guest:${normalizeIp(ip)}`;
  return principal.apiKeyId ? `key:${principal.apiKeyId}` : `user:${principal.userId}`;
}
