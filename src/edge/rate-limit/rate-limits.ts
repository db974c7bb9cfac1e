import { createHash } from 'node:crypto';
import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from '#edge/access/authenticator';
import { may } from '#edge/access/permissions';
import { Config } from '#platform/config/config';
import { DatabaseUnavailable, RateLimited } from '#platform/errors/problems';
import { PerRoute } from '#platform/routing/per-route';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { RateLimitCounters } from './counters.js';
import { RATE_LIMIT } from './rate-limit.decorators.js';
import { delayMs, SlowDown } from './slow-down.js';
import { addressShare, tierLimit, type Tier, type TierLimit } from './tiers.js';
import { WindowCounts } from './window-counts.js';

const ONE_MINUTE_MS = 60_000;
const MOST_ASKED = 1_000;

/** What a route's decorators ask for, in the order of counting. */
export interface RouteLimits {
  /** Before anybody knows who calls: by address, and by the account that the body names. */
  readonly early: readonly TierLimit[];
  /** Behind the access guard: by user. */
  readonly late: readonly TierLimit[];
}

/** Counts, slows and refuses; the two guards say when, and by what key. */
@Injectable()
export class RateLimits {
  /** Metadata never changes, so it is read once a route and not once a request. */
  private readonly known = new PerRoute<RouteLimits>();
  /** Credentials that turned out not to be an administrator's, so that they are not looked up each time. */
  private readonly ordinary = new WindowCounts(ONE_MINUTE_MS, MOST_ASKED);
  private readonly slowDownAfter: number;

  constructor(
    private readonly config: Config,
    private readonly reflector: Reflector,
    private readonly counters: RateLimitCounters,
    private readonly slowDown: SlowDown,
    private readonly authenticator: Authenticator,
    private readonly events: SecurityEvents,
  ) {
    this.slowDownAfter = config.SLOWDOWN_AFTER;
  }

  of(context: ExecutionContext): RouteLimits {
    return this.known.get(context, (targets) => {
      const tiers = this.reflector.getAllAndOverride<Tier[] | undefined>(RATE_LIMIT, targets);
      const all = (tiers ?? ['api']).map((tier) => tierLimit(tier, this.config));
      return {
        early: all.map((limit) => (limit.by === 'user' ? addressShare(limit) : limit)),
        late: all.filter(({ by }) => by === 'user'),
      };
    });
  }

  /** Counts one request of `who`, says so on the answer, and slows or refuses it. */
  async take(
    limit: TierLimit,
    who: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const key = `${limit.tier}:${who}`;
    const count = await this.counters.increment(key, limit.windowMs, limit.limit);
    announce(reply, limit, count);
    const waitMs = limit.slowsDown ? delayMs(count.totalHits, this.slowDownAfter) : 0;
    if (waitMs === 0 && !count.isBlocked) return;
    if (limit.sparesAdministrators && (await this.mayExceed(request))) return;
    if (!count.isBlocked) return this.slowDown.wait(waitMs, reply.raw);
    // the first refusal of a window says it all
    if (count.totalHits === limit.limit + 1) this.report(request, limit);
    throw new RateLimited({ retryAfterSeconds: count.timeToBlockExpire });
  }

  /**
   * Only here, beyond a bound and with credentials shown, do the limits ask who calls; the access
   * guard takes the answer over. A flood with one ordinary token is looked up once a minute, one
   * with forged tokens costs a signature check each and never reaches the database.
   */
  private async mayExceed(request: FastifyRequest): Promise<boolean> {
    const shown = request.headers.authorization;
    if (!shown) return false;
    const token = digest(shown);
    if (this.ordinary.has(token)) return false;
    try {
      request.principal ??= await this.authenticator.authenticate(request);
      if (may(request.principal.role, 'limits:exceed')) return true;
    } catch (error) {
      if (error instanceof DatabaseUnavailable) return false;
    }
    this.ordinary.add(token);
    return false;
  }

  private report(request: FastifyRequest, { tier, limit }: TierLimit): void {
    this.events.report({
      action: 'security.rate_limited',
      requestId: request.id,
      address: request.ip,
      userAgent: request.headers['user-agent'],
      ...(request.principal && { actor: request.principal.userId }),
      metadata: { tier, limit, route: request.routeOptions.url ?? '' },
    });
  }
}

/** Keys lie in Redis and in memory: a digest keeps addresses and tokens out of both. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

interface Count {
  readonly totalHits: number;
  readonly timeToExpire: number;
}

/** Of several limits the answer names the one with the least room: it is the one to mind. */
function announce(reply: FastifyReply, { limit, tier, policy }: TierLimit, count: Count): void {
  const remaining = Math.max(0, limit - count.totalHits);
  if (remaining >= Number(reply.getHeader('x-ratelimit-remaining') ?? Infinity)) return;
  reply.headers({
    'ratelimit-policy': policy,
    ratelimit: `"${tier}";r=${remaining};t=${count.timeToExpire}`,
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(count.timeToExpire),
  });
}
