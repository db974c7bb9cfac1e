import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimits } from './rate-limits.js';
import { RouteTiers } from './route-tiers.js';

/**
 * Counts the tiers that belong to a user. The limits stand before access, so that a flood is
 * refused before it costs a look-up; but who calls is known only behind it. Hence two steps with
 * the same counters: the address has a share of the tier first, ten users' worth, then each user
 * has the tier itself, from whatever address. A caller of a public route is its address.
 */
@Injectable()
export class UserLimitGuard implements CanActivate {
  constructor(
    private readonly limits: RateLimits,
    private readonly tiers: RouteTiers,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { late } = this.tiers.of(context);
    if (late.length === 0) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { principal } = request;
    const who = principal ? `user:${principal.userId}` : `guest:${normalizeIp(request.ip)}`;
    for (const limit of late) {
      await this.limits.take(limit, who, request, http.getResponse<FastifyReply>());
    }
    return true;
  }
}
