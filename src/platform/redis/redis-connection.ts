import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { passOn } from '../resilience/caller.js';
import { RedisListener, type Subscriber } from './redis-listener.js';
import { GIVE_UP_MS, ReconnectPauses, replaceUngreeted } from './reconnecting.js';

const PATIENCE_MS = 50;
const PAUSE_MS = 1_000;
/** Among the limits: who may use Redis for those may write it. */
const PROBE_KEY = 'limit:probe';
const PROBE_TTL_MS = 10_000;

/**
 * The connection to Redis, when REDIS_URL is set. What stands in Redis can do without it for a
 * while: who asks gets an answer in time or none, and a Redis that did not answer is left alone
 * until it takes a write.
 */
@Injectable()
export class RedisConnection implements OnApplicationShutdown {
  readonly isConfigured: boolean;
  private readonly client: Redis | undefined;
  private isLeftAlone = false;
  private timer: NodeJS.Timeout | undefined;
  private hasStopped = false;
  private readonly listener: RedisListener | undefined;

  constructor(
    config: Config,
    private readonly log: Log,
  ) {
    this.isConfigured = config.REDIS_URL !== undefined;
    if (!config.REDIS_URL) return;
    const pauses = new ReconnectPauses();
    this.client = new Redis(config.REDIS_URL, {
      enableOfflineQueue: false, // when away, say so at once rather than keep requests waiting
      maxRetriesPerRequest: 0,
      connectTimeout: 2_000,
      disconnectTimeout: 500, // a peer that is gone says no goodbye
      retryStrategy: pauses.next,
    });
    pauses.watch(this.client);
    replaceUngreeted(this.client);
    this.listener = new RedisListener(this.client);
    let isAway = false;
    this.client.on('error', (error) => {
      if (!isAway)
        log.warn({ err: error }, 'Redis is away: limits, blocks and cache go on in memory');
      isAway = true;
    });
    this.client.on('ready', () => {
      if (isAway) log.info('Redis is back: limits, blocks and cache hold across processes again');
      isAway = false;
    });
  }

  /** Where shared state is: `memory` by choice, `redis`, or `degraded` to memory while Redis is away. */
  get state(): 'memory' | 'redis' | 'degraded' {
    if (!this.client) return 'memory';
    return this.client.status === 'ready' && !this.isLeftAlone ? 'redis' : 'degraded';
  }

  /** What Redis has to say, or undefined when it is away or does not answer in time. Never throws. */
  async ask<T>(
    work: (client: Redis) => Promise<T>,
    patienceMs = PATIENCE_MS,
  ): Promise<T | undefined> {
    if (this.state !== 'redis') return undefined;
    try {
      return await inTime(work(this.client!), patienceMs);
    } catch (error) {
      this.leaveAlone(error);
      return undefined;
    }
  }

  /** Tells all processes that listen; a Redis that is away tells nobody. */
  publish(channel: string, message: string): void {
    void this.ask((client) => client.publish(channel, message));
  }

  /** Hears what is published, while `onListening` says so. Call it before the first of that, in a constructor. */
  subscribe(channel: string, subscriber: Subscriber): void {
    this.listener?.add(channel, subscriber);
  }

  onApplicationShutdown(): void {
    this.hasStopped = true;
    this.listener?.stop();
    clearTimeout(this.timer);
    this.client?.disconnect();
  }

  private leaveAlone(error: unknown): void {
    if (this.isLeftAlone) return;
    this.isLeftAlone = true;
    const what = isRefusal(error) ? 'refuses' : 'does not answer';
    this.log.warn({ err: error }, `Redis ${what}: limits, blocks and cache go on in memory`);
    this.probeLater();
  }

  /** Asks behind the requests, one probe at a time, so that none of them pays for the question. */
  private probeLater(): void {
    this.timer = setTimeout(() => void this.probe(), PAUSE_MS).unref();
  }

  private async probe(): Promise<void> {
    // a connection that has silently gone never answers: take a new one
    this.timer = setTimeout(() => this.client!.disconnect(true), GIVE_UP_MS).unref();
    try {
      // a write: a replica, or a Redis that is full, answers a ping and refuses what is asked of it next
      await this.client!.set(PROBE_KEY, '', 'PX', PROBE_TTL_MS);
      this.isLeftAlone = false;
      this.log.info('Redis answers: limits, blocks and cache hold across processes again');
    } catch (error) {
      // a primary that became a replica stays one: the name may lead to the new primary
      if (isRefusal(error) && error.message.startsWith('READONLY')) this.client!.disconnect(true);
    }
    clearTimeout(this.timer);
    if (this.isLeftAlone && !this.hasStopped) this.probeLater();
  }
}

/** Redis answered, and the answer is an error: READONLY, OOM. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/**
 * Timers run before input is read: when this process was busy, the answer may be there already, so
 * it is given one more look (setImmediate) before Redis gets the blame.
 */
function inTime<T>(answer: Promise<T>, patienceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no answer within ${patienceMs} ms`));
    const timer = setTimeout(() => setImmediate(() => setImmediate(late)), patienceMs);
    passOn(answer, { resolve, reject, clear: () => clearTimeout(timer) });
  });
}
