import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { Config } from '#platform/config/config';
import { Log } from '#platform/logging/log';
import { WindowCounts, type WindowCount } from './window-counts.js';

const MS = 1_000;
const PATIENCE_MS = 50;
const PAUSE_MS = 1_000;
const GIVE_UP_MS = 10_000;

type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts hits in a fixed window, at a cost that does not grow with limit, hits or keys: the
 * throttler's own storage filters an array of all hits in the window on every request. With
 * REDIS_URL the counts hold across processes; while Redis is away they go on in memory.
 */
@Injectable()
export class RateLimitCounters implements ThrottlerStorage, OnApplicationShutdown {
  private readonly inMemory = new Map<number, WindowCounts>();
  private readonly inRedis = new Map<number, RateLimiterRedis>();
  private readonly redis: Redis | undefined;
  /** Redis did not answer a request in time. Until it answers a ping, no request asks it again. */
  private isLeftAlone = false;
  private timer: NodeJS.Timeout | undefined;
  private hasStopped = false;

  constructor(
    config: Config,
    private readonly log: Log,
  ) {
    if (!config.REDIS_URL) return;
    this.redis = new Redis(config.REDIS_URL, {
      enableOfflineQueue: false, // when away, say so at once rather than keep requests waiting
      maxRetriesPerRequest: 0,
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
    return this.redis.status === 'ready' && !this.isLeftAlone ? 'redis' : 'degraded';
  }

  async increment(key: string, ttlMs: number, limit: number): Promise<Count> {
    const count = (await this.addInRedis(key, ttlMs)) ?? this.memoryFor(ttlMs).add(key);
    const timeToExpire = Math.ceil(count.msLeft / MS);
    return {
      totalHits: count.hits,
      timeToExpire,
      isBlocked: count.hits > limit,
      timeToBlockExpire: timeToExpire,
    };
  }

  onApplicationShutdown(): void {
    this.hasStopped = true;
    clearTimeout(this.timer);
    this.redis?.disconnect();
  }

  private async addInRedis(key: string, ttlMs: number): Promise<WindowCount | undefined> {
    if (this.state !== 'redis') return undefined;
    try {
      const count = await inTime(this.limiterFor(ttlMs).penalty(key));
      return { hits: count.consumedPoints, msLeft: count.msBeforeNext };
    } catch (error) {
      this.leaveAlone(error);
      return undefined;
    }
  }

  private leaveAlone(error: unknown): void {
    if (this.isLeftAlone) return;
    this.isLeftAlone = true;
    this.log.warn({ err: error }, 'Redis does not answer: limits are counted in memory');
    this.pingLater();
  }

  /** Asks behind the requests, one ping at a time, so that none of them pays for the question. */
  private pingLater(): void {
    this.timer = setTimeout(() => void this.ping(), PAUSE_MS).unref();
  }

  private async ping(): Promise<void> {
    // a connection that has silently gone never answers: take a new one
    this.timer = setTimeout(() => this.redis!.disconnect(true), GIVE_UP_MS).unref();
    try {
      await this.redis!.ping();
      this.isLeftAlone = false;
      this.log.info('Redis answers: limits hold across processes again');
    } catch {
      // still away
    }
    clearTimeout(this.timer);
    if (this.isLeftAlone && !this.hasStopped) this.pingLater();
  }

  private limiterFor(ttlMs: number): RateLimiterRedis {
    let limiter = this.inRedis.get(ttlMs);
    if (!limiter) {
      // `points` plays no part in penalty(), which only counts
      const window = { keyPrefix: 'limit', points: 1, duration: ttlMs / MS };
      limiter = new RateLimiterRedis({ ...window, storeClient: this.redis! });
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

/**
 * Timers run before input is read: when this process was busy, the answer may be there already, so
 * it is given one more look (setImmediate) before Redis gets the blame.
 */
function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no answer within ${PATIENCE_MS} ms`));
    const timer = setTimeout(() => setImmediate(() => setImmediate(late)), PATIENCE_MS);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
