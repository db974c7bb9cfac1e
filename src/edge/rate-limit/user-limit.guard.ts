import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimits } from './rate-limits.js';
import { RouteTiers } from './route-tiers.js';

/**
 * Counts the tiers that belong to a user. The limits stand before access, so that a flood is
 * refused before it costs a look-up; but who calls is known only behind it. Hence two steps with
 * the same counters: the address has a share of the tier first, ten users' worth, then each user
 * has the tier itself, from whatever address. A caller of a public route is its address. An API
 * key is counted for itself, in every tier of the route.
 */
@Injectable()
export class UserLimitGuard implements CanActivate {
  constructor(
    private readonly limits: RateLimits,
    private readonly tiers: RouteTiers,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { late, ofKey } = this.tiers.of(context);
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const who = callerOf(request);
    for (const limit of request.principal?.apiKeyId ? ofKey : late) {
      await this.limits.take(limit, who, request, http.getResponse<FastifyReply>());
    }
    return true;
  }
}

function callerOf({ principal, ip }: FastifyRequest): string {
  if (!principal) return `guest:${normalizeIp(ip)}`;
  return principal.apiKeyId ? `key:${principal.apiKeyId}` : `user:${principal.userId}`;
}
