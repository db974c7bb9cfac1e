import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '#platform/config/config';
import type { Rate } from '#platform/config/parsers';
import { RateLimited } from '#platform/errors/problems';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { RATE_LIMIT } from './rate-limit.decorators.js';
import { rateOf, type Tier } from './tiers.js';

interface RouteLimit extends Rate {
  readonly tier: Tier;
  /** `RateLimit-Policy`, https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
  readonly policy: string;
}

/** Counts each request against the tier of its route, by client address (IPv6 by /64). */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  /** What a route's decorators say, read once a route; null for unlimited. */
  private readonly known = new Map<object, RouteLimit | null>();

  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly config: Config,
    private readonly events: SecurityEvents,
  ) {
    super(options, storage, reflector);
  }

  protected override async handleRequest({ context }: ThrottlerRequest): Promise<boolean> {
    const route = this.limitOf(context);
    if (route === null) return true;

    const { req, res } = this.getRequestResponse(context);
    const key = `${route.tier}:${await this.getTracker(req)}`;
    const count = await this.storageService.increment(
      key,
      route.windowMs,
      route.limit,
      route.windowMs,
      route.tier,
    );
    const remaining = Math.max(0, route.limit - count.totalHits);
    (res as FastifyReply).headers({
      'ratelimit-policy': route.policy,
      ratelimit: `"${route.tier}";r=${remaining};t=${count.timeToExpire}`,
      'x-ratelimit-limit': String(route.limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(count.timeToExpire),
    });
    if (!count.isBlocked) return true;
    // the first refusal of a window says it all
    if (count.totalHits === route.limit + 1) this.report(req as FastifyRequest, route);
    throw new RateLimited({ retryAfterSeconds: count.timeToBlockExpire });
  }

  private report(request: FastifyRequest, { tier, limit }: RouteLimit): void {
    this.events.report({
      action: 'security.rate_limited',
      requestId: request.id,
      address: request.ip,
      userAgent: request.headers['user-agent'],
      metadata: { tier, limit, route: request.routeOptions.url ?? '' },
    });
  }

  private limitOf(context: ExecutionContext): RouteLimit | null {
    const handler = context.getHandler();
    let limit = this.known.get(handler);
    if (limit === undefined) {
      const tier = this.reflector.getAllAndOverride<Tier | null | undefined>(RATE_LIMIT, [
        handler,
        context.getClass(),
      ]);
      limit = tier === null ? null : this.routeLimit(tier ?? 'api');
      this.known.set(handler, limit);
    }
    return limit;
  }

  private routeLimit(tier: Tier): RouteLimit {
    const rate = rateOf(tier, this.config);
    return { ...rate, tier, policy: `"${tier}";q=${rate.limit};w=${rate.windowMs / 1_000}` };
  }
}
