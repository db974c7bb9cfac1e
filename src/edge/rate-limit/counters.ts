import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  type RateLimiterAbstract,
  type RateLimiterRes,
} from 'rate-limiter-flexible';
import { Config } from '#platform/config/config';
import { Log } from '#platform/logging/log';

const MS = 1_000;

type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts hits in a fixed window, at a cost that does not grow with limit, hits or keys: the
 * throttler's own storage filters an array of all hits in the window on every request. With
 * REDIS_URL the counts hold across processes; while Redis is away they go on in memory.
 */
@Injectable()
export class RateLimitCounters implements ThrottlerStorage, OnApplicationShutdown {
  private readonly limiters = new Map<string, RateLimiterAbstract>();
  private readonly redis: Redis | undefined;

  constructor(config: Config, log: Log) {
    if (!config.REDIS_URL) return;
    this.redis = new Redis(config.REDIS_URL, {
      enableOfflineQueue: false, // when away, say so at once rather than keep requests waiting
      maxRetriesPerRequest: 0,
      commandTimeout: 50,
      connectTimeout: 2_000,
      retryStrategy: (attempt) => Math.min(attempt * 200, 2_000),
    });
    let isAway = false;
    this.redis.on('error', (error) => {
      if (!isAway) log.warn({ err: error }, 'Redis is away: limits are counted in memory');
      isAway = true;
    });
    this.redis.on('ready', () => {
      if (isAway) log.info('Redis is back: limits hold across processes again');
      isAway = false;
    });
  }

  /** Where the counts are: `memory` by choice, `redis`, or `degraded` to memory while Redis is away. */
  get state(): 'memory' | 'redis' | 'degraded' {
    if (!this.redis) return 'memory';
    return this.redis.status === 'ready' ? 'redis' : 'degraded';
  }

  async increment(key: string, ttlMs: number, limit: number): Promise<Count> {
    const count: RateLimiterRes = await this.limiterFor(ttlMs, limit).penalty(key);
    const timeToExpire = Math.ceil(count.msBeforeNext / MS);
    return {
      totalHits: count.consumedPoints,
      timeToExpire,
      isBlocked: count.consumedPoints > limit,
      timeToBlockExpire: timeToExpire,
    };
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  private limiterFor(ttlMs: number, limit: number): RateLimiterAbstract {
    const name = `${limit}/${ttlMs}`;
    let limiter = this.limiters.get(name);
    if (!limiter) {
      const window = { keyPrefix: 'limit', points: limit, duration: ttlMs / MS };
      const memory = new RateLimiterMemory(window);
      limiter = this.redis
        ? new RateLimiterRedis({ ...window, storeClient: this.redis, insuranceLimiter: memory })
        : memory;
      this.limiters.set(name, limiter);
    }
    return limiter;
  }
}
