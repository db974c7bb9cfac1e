import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { RowCache } from './row-cache.js';

const CHANNEL = 'rows-changed';

/** Without word from other processes, a row may be this old at most. */
const ALONE_MS = 3_000;
const TOLD_MS = 30_000;
/**
 * When the database has not been heard of for this long, it is asked: under load one request in
 * some hundred asks for all of them, and an outage shows at once.
 */
const SILENCE_MS = 50;

/**
 * Makes the caches of rows. A change is forgotten at once in this process; in others by a message
 * through Redis, and without Redis by age, within three seconds.
 */
@Injectable()
export class RowCaches {
  private readonly caches = new Map<string, RowCache<object>>();
  private isTold = false;

  constructor(
    private readonly database: Database,
    private readonly redis: RedisConnection,
  ) {
    redis.subscribe(CHANNEL, {
      onMessage: (message) => this.hear(message),
      onListening: (isListening) => {
        this.isTold = isListening;
        // what was said meanwhile was not heard
        for (const cache of this.caches.values()) cache.dropAll();
      },
    });
  }

  /** The cache of this name; repositories that change the same rows share it. */
  of<Row extends object>(name: string): RowCache<Row> {
    const known = this.caches.get(name);
    if (known) return known as unknown as RowCache<Row>;
    const cache = new RowCache<Row>({
      ttlMs: () => (this.isTold && this.redis.state === 'redis' ? TOLD_MS : ALONE_MS),
      isTrusted: () => this.database.wasHeardWithin(SILENCE_MS),
      isInTransaction: () => this.database.isInTransaction,
      whenSettled: (act) => this.database.whenSettled(act),
      waitFor: (shared) => this.database.waitFor(shared),
      announce: (id) => this.redis.publish(CHANNEL, `${name}:${id}`),
    });
    this.caches.set(name, cache as unknown as RowCache<object>);
    return cache;
  }

  private hear(message: string): void {
    const colon = message.indexOf(':');
    this.caches.get(message.slice(0, colon))?.drop(message.slice(colon + 1));
  }
}
