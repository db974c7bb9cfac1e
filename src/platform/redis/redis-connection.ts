import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';

const PATIENCE_MS = 50;
const PAUSE_MS = 1_000;
const GIVE_UP_MS = 10_000;

export interface Subscriber {
  onMessage(message: string): void;
  onListening(isListening: boolean): void;
}

/**
 * The connection to Redis, when REDIS_URL is set. What stands in Redis can do without it for a
 * while: who asks gets an answer in time or none, and a Redis that did not answer is left alone
 * until it answers a ping.
 */
@Injectable()
export class RedisConnection implements OnApplicationShutdown {
  readonly isConfigured: boolean;
  private readonly client: Redis | undefined;
  private isLeftAlone = false;
  private timer: NodeJS.Timeout | undefined;
  private hasStopped = false;
  private readonly listeners: Redis[] = [];

  constructor(
    config: Config,
    private readonly log: Log,
  ) {
    this.isConfigured = config.REDIS_URL !== undefined;
    if (!config.REDIS_URL) return;
    this.client = new Redis(config.REDIS_URL, {
      enableOfflineQueue: false, // when away, say so at once rather than keep requests waiting
      maxRetriesPerRequest: 0,
      connectTimeout: 2_000,
      retryStrategy: (attempt) => Math.min(attempt * 200, 2_000),
    });
    let isAway = false;
    this.client.on('error', (error) => {
      if (!isAway) log.warn({ err: error }, 'Redis is away: limits and blocks go on in memory');
      isAway = true;
    });
    this.client.on('ready', () => {
      if (isAway) log.info('Redis is back: limits and blocks hold across processes again');
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

  /**
   * Hears what is published, on a connection of its own. Messages get lost while that is down:
   * `onListening` says when it is up and when not.
   */
  subscribe(channel: string, subscriber: Subscriber): void {
    if (!this.client) return;
    const listener = this.client.duplicate({ autoResubscribe: false });
    this.listeners.push(listener);
    listener.on('error', () => undefined); // the connection for questions meets the same and logs it
    listener.on('ready', () => {
      void listener.subscribe(channel).then(
        () => subscriber.onListening(true),
        () => listener.disconnect(true),
      );
    });
    listener.on('close', () => subscriber.onListening(false));
    listener.on('message', (_channel, message) => subscriber.onMessage(message));
  }

  onApplicationShutdown(): void {
    this.hasStopped = true;
    for (const listener of this.listeners) listener.disconnect();
    clearTimeout(this.timer);
    this.client?.disconnect();
  }

  private leaveAlone(error: unknown): void {
    if (this.isLeftAlone) return;
    this.isLeftAlone = true;
    this.log.warn({ err: error }, 'Redis does not answer: limits and blocks go on in memory');
    this.pingLater();
  }

  /** Asks behind the requests, one ping at a time, so that none of them pays for the question. */
  private pingLater(): void {
    this.timer = setTimeout(() => void this.ping(), PAUSE_MS).unref();
  }

  private async ping(): Promise<void> {
    // a connection that has silently gone never answers: take a new one
    this.timer = setTimeout(() => this.client!.disconnect(true), GIVE_UP_MS).unref();
    try {
      await this.client!.ping();
      this.isLeftAlone = false;
      this.log.info('Redis answers: limits and blocks hold across processes again');
    } catch {
      // still away
    }
    clearTimeout(this.timer);
    if (this.isLeftAlone && !this.hasStopped) this.pingLater();
  }
}

/**
 * Timers run before input is read: when this process was busy, the answer may be there already, so
 * it is given one more look (setImmediate) before Redis gets the blame.
 */
function inTime<T>(answer: Promise<T>, patienceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no answer within ${patienceMs} ms`));
    const timer = setTimeout(() => setImmediate(() => setImmediate(late)), patienceMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
