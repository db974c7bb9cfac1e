import type { Redis } from 'ioredis';
import type { RedisConnection } from '#platform/redis/redis-connection';
import type { ExpiringMap } from './expiring-map.js';

const BLOCKED = 'guard:blocked';
const VERSION = 'guard:blocked:version';
const EXCHANGE_MS = 2_000; // behind the requests
const scoreKey = (client: string): string => `guard:score:${client}`;

/**
 * Keeps this process's blocks and those in Redis the same. A version number tells whether there is
 * anything to fetch. What cannot be said because Redis is away is said when it is back.
 */
export class SharedBlocks {
  private readonly unsaid = new Map<string, 'block' | 'lift'>();
  private seenVersion: string | null | undefined;
  private exchanging: Promise<void> | undefined;

  constructor(
    private readonly connection: RedisConnection,
    private readonly blocked: ExpiringMap<number>,
    private readonly mostClients: number,
  ) {}

  /** What the client has collected in all processes; undefined while Redis is away. */
  count(client: string, score: number, windowMs: number): Promise<number | undefined> {
    const key = scoreKey(client);
    return this.connection.ask(async (redis) => {
      const start = redis.multi().set(key, 0, 'PX', windowMs, 'NX');
      const results = await start.incrby(key, score).exec();
      return Number(results?.[1]?.[1]);
    });
  }

  block(client: string): Promise<void> {
    return this.say(client, 'block');
  }

  lift(client: string): Promise<void> {
    return this.say(client, 'lift');
  }

  /** Tells Redis what it does not know yet and takes over what others said. One at a time. */
  exchange(): Promise<void> {
    this.exchanging ??= this.tellAndFetch().finally(() => (this.exchanging = undefined));
    return this.exchanging;
  }

  private async say(client: string, what: 'block' | 'lift'): Promise<void> {
    this.unsaid.delete(client);
    if (this.unsaid.size >= this.mostClients) {
      this.unsaid.delete(this.unsaid.keys().next().value as string);
    }
    this.unsaid.set(client, what);
    await this.exchanging; // one under way may have passed the telling already
    await this.exchange();
  }

  private async tellAndFetch(): Promise<void> {
    await this.connection.ask(async (redis) => {
      for (const [client, what] of this.unsaid) {
        await this.tell(redis, client, what);
        if (this.unsaid.get(client) === what) this.unsaid.delete(client);
      }
      const version = await redis.get(VERSION);
      if (version === this.seenVersion) return;
      await this.fetch(redis);
      this.seenVersion = version;
    }, EXCHANGE_MS);
  }

  private async tell(redis: Redis, client: string, what: 'block' | 'lift'): Promise<void> {
    const block = what === 'block' ? this.blocked.get(client) : undefined;
    const change = redis.multi().del(scoreKey(client));
    if (block) {
      change.hset(BLOCKED, client, `${block.value}:${block.expiresAt}`);
      change.pexpire(BLOCKED, Math.max(1, block.expiresAt - Date.now()));
    } else change.hdel(BLOCKED, client);
    await change.incr(VERSION).exec();
  }

  private async fetch(redis: Redis): Promise<void> {
    const rows = Object.entries(await redis.hgetall(BLOCKED))
      .map(([client, text]) => {
        const [score = 0, until = 0] = text.split(':').map(Number);
        return { client, score, until };
      })
      .toSorted((a, b) => a.until - b.until);
    const current = rows.filter(({ until }) => until > Date.now()).slice(-this.mostClients);
    const stale = rows.length - current.length;
    if (stale > 0) {
      await redis.hdel(BLOCKED, ...rows.slice(0, stale).map(({ client }) => client));
    }
    const unsaid = this.blocked.entries().filter(({ key }) => this.unsaid.get(key) === 'block');
    this.blocked.clear();
    for (const { client, score, until } of current) {
      if (this.unsaid.get(client) !== 'lift') this.blocked.set(client, score, until);
    }
    for (const { key, value, expiresAt } of unsaid) this.blocked.set(key, value, expiresAt);
  }
}
