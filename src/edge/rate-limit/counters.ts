import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { RedisConnection } from '#platform/redis/redis-connection';
import { HealthParts } from '#platform/telemetry/health-parts';
import { runbook } from '#platform/telemetry/runbooks';
import { whenThere, type Soon } from '#platform/waiting/soon';
import { WindowCounts, type WindowCount } from './window-counts.js';

const MS = 1_000;

export type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts hits in a fixed window, at a cost that does not grow with limit, hits or keys: the
 * throttler's own storage filters an array of all hits in the window on every request. With
 * REDIS_URL the counts hold across processes; while Redis is away they go on in memory.
 */
@Injectable()
export class RateLimitCounters implements ThrottlerStorage {
  private readonly inMemory = new Map<number, WindowCounts>();
  private readonly inRedis = new Map<number, RateLimiterRedis>();

  constructor(
    private readonly redis: RedisConnection,
    parts: HealthParts,
  ) {
    parts.add('rateLimits', () => ({
      status: this.state === 'degraded' ? 'degraded' : 'healthy',
      storage: this.state,
      runbook: runbook('redis-away'),
    }));
  }

  /** Where the counts are: `memory` by choice, `redis`, or `degraded` to memory while Redis is away. */
  get state(): RedisConnection['state'] {
    return this.redis.state;
  }

  /** As the throttler asks. */
  async increment(key: string, ttlMs: number, limit: number): Promise<Count> {
    return this.add(key, ttlMs, limit);
  }

  /** Counts a hit; at once when it is counted in memory. */
  add(key: string, ttlMs: number, limit: number): Soon<Count> {
    const inMemory = () => this.memoryFor(ttlMs).add(key);
    const counted =
      this.state === 'redis'
        ? this.addInRedis(key, ttlMs).then((count) => count ?? inMemory())
        : inMemory();
    return whenThere(counted, ({ hits, msLeft }) => {
      const timeToExpire = Math.ceil(msLeft / MS);
      return {
        totalHits: hits,
        timeToExpire,
        isBlocked: hits > limit,
        timeToBlockExpire: timeToExpire,
      };
    });
  }

  private async addInRedis(key: string, ttlMs: number): Promise<WindowCount | undefined> {
    const count = await this.redis.ask((client) => this.limiterFor(ttlMs, client).penalty(key));
    return count && { hits: count.consumedPoints, msLeft: count.msBeforeNext };
  }

  private limiterFor(ttlMs: number, storeClient: Redis): RateLimiterRedis {
    let limiter = this.inRedis.get(ttlMs);
    if (!limiter) {
      // `points` plays no part in penalty(), which only counts
      const window = { keyPrefix: 'limit', points: 1, duration: ttlMs / MS };
      limiter = new RateLimiterRedis({ ...window, storeClient });
      this.inRedis.set(ttlMs, limiter);
    }
    return limiter;
  }

  private memoryFor(ttlMs: number): WindowCounts {
    let counts = this.inMemory.get(ttlMs);
    if (!counts) {
      counts = new WindowCounts(ttlMs);
      this.inMemory.set(ttlMs, counts);
    }
    return counts;
  }
}
