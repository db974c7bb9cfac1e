import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CountedResponse } from '#edge/transport/counted-response';
import { RateLimited } from '#platform/errors/problems';
import { Metrics } from '#platform/telemetry/metrics';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { whenThere, type Soon } from '#platform/waiting/soon';
import { AdministratorPass } from './administrator-pass.js';
import { RateLimitCounters, type Count } from './counters.js';
import { DecisionTallies } from './decision-tallies.js';
import { delayMs, SlowDown } from './slow-down.js';
import type { TierLimit } from './tiers.js';

/** Counts, slows and refuses; those who call say when, against which tier, and by what key. */
@Injectable()
export class RateLimits {
  private readonly decisions: DecisionTallies;

  constructor(
    private readonly counters: RateLimitCounters,
    private readonly slowDown: SlowDown,
    private readonly pass: AdministratorPass,
    private readonly events: SecurityEvents,
    metrics: Metrics,
  ) {
    this.decisions = new DecisionTallies(metrics);
  }

  /**
   * Counts one request of `who`, says so on the answer, and slows or refuses it. Beyond the limit `another`
   * may say whom to count it for instead; null for nobody.
   */
  take(
    limit: TierLimit,
    who: string,
    request: FastifyRequest,
    reply: FastifyReply,
    another?: () => Promise<string | null>,
  ): Soon<void> {
    const key = `${limit.tier}:${who}`;
    return whenThere(this.counters.add(key, limit.windowMs, limit.limit), (count) => {
      if (!count.isBlocked || !another) return this.decide(limit, count, request, reply);
      return whenThere(another(), (instead) =>
        instead === null
          ? this.decide(limit, count, request, reply)
          : this.take(limit, instead, request, reply),
      );
    });
  }

  private decide(
    limit: TierLimit,
    count: Count,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Soon<void> {
    announce(reply, limit, count);
    const waitMs = delayMs(count.totalHits, limit.slowsAfter);
    if (waitMs > 0 || count.isBlocked) {
      return this.slowOrRefuse(limit, count, waitMs, request, reply);
    }
    this.decisions.add(limit.tier, 'allowed');
  }

  private async slowOrRefuse(
    limit: TierLimit,
    count: Count,
    waitMs: number,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (limit.sparesAdministrators && (await this.pass.isHeldBy(request))) {
      return this.decisions.add(limit.tier, 'spared');
    }
    this.decisions.add(limit.tier, count.isBlocked ? 'refused' : 'slowed');
    if (!count.isBlocked) return this.slowDown.wait(waitMs, reply.raw as CountedResponse);
    // the first refusal of a window says it all
    if (count.totalHits === limit.limit + 1) this.report(request, limit);
    throw new RateLimited({ retryAfterSeconds: count.timeToBlockExpire });
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

/** Whether some tier has counted the request that this answers. */
export function isCounted(reply: FastifyReply): boolean {
  return reply.hasHeader('ratelimit');
}
