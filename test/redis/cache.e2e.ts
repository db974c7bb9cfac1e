import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CacheSignals } from '#platform/cache/cache-signals';
import type { CachedRead } from '#platform/cache/cache';
import { RedisTier } from '#platform/cache/redis-tier';
import { TagVersions } from '#platform/cache/tag-versions';
import { TieredCache } from '#platform/cache/tiered-cache';
import { loadConfig } from '#platform/config/load-config';
import { openFieldCipher } from '#platform/encryption/encryption-keys';
import { createLog } from '#platform/logging/log';
import { RedisConnection } from '#platform/redis/redis-connection';
import { Metrics } from '#platform/telemetry/metrics';
import { RedisServer } from '../redis-server.js';

/** Long enough that nothing here is old. */
const READ: CachedRead = { name: 'dishes', key: 'a', ttlMs: 3_600_000, graceMs: 0, tags: ['menu'] };

interface Process {
  readonly cache: TieredCache;
  readonly redis: RedisConnection;
  read(answer: string, read?: Partial<CachedRead>): Promise<string>;
}

let server: RedisServer;
let directory: string;
let processes: Process[];

beforeEach(async () => {
  server = await RedisServer.onFreePort();
  await server.start();
  directory = mkdtempSync(join(tmpdir(), 'aerie-cache-'));
  processes = [];
});
afterEach(async () => {
  for (const { redis } of processes) redis.onApplicationShutdown();
  await server.kill();
  rmSync(directory, { recursive: true });
});

/** What a process has of cache and Redis. All have one key of encryption. */
async function startProcess(): Promise<Process> {
  const environment = { NODE_ENV: 'test', REDIS_URL: server.url.href, DATA_DIR: directory };
  const { config } = loadConfig(environment, '/dev/null');
  const redis = new RedisConnection(config, await createLog(config, { write: () => undefined }));
  const cache = new TieredCache({
    maxBytes: config.CACHE_MAX_BYTES,
    transactions: {
      isInTransaction: false,
      whenSettled: (act) => act(),
      waitFor: (shared) => shared,
    },
    tags: new TagVersions(redis),
    signals: new CacheSignals(new Metrics()),
    redisTier: new RedisTier({ redis, cipher: openFieldCipher(config) }),
  });
  const started: Process = {
    cache,
    redis,
    read: (answer, read = {}) => cache.getOrLoad({ ...READ, ...read }, async () => answer),
  };
  processes.push(started);
  await untilItListens(started);
  return started;
}

async function untilItListens({ redis }: Process): Promise<void> {
  await vi.waitFor(() => expect(redis.state).toBe('redis'), { timeout: 15_000 });
  await vi.waitFor(
    async () => {
      const [, listeners] = await server.withClient((client) =>
        client.pubsub('NUMSUB', 'cache-tags'),
      );
      expect(listeners).toBe(processes.length);
    },
    { timeout: 15_000 },
  );
}

/** Until the other process has heard that the answer is not true any more: nobody waits for that. */
const untilItForgets = (process: Process, answer: string) =>
  vi.waitFor(async () => expect(await process.read('anew')).not.toBe(answer), { timeout: 15_000 });

const valuesInRedis = () =>
  server.withClient(async (client) => {
    const keys = (await client.keys('cache:*')).toSorted();
    return Promise.all(keys.map(async (key) => ({ key, value: (await client.get(key))! })));
  });

const untilInRedis = (count: number) =>
  vi.waitFor(async () => expect(await valuesInRedis()).toHaveLength(count), { timeout: 15_000 });

describe('an answer in Redis', () => {
  it('is known to every process, and to none once its tag was invalidated in one', async () => {
    const [first, second] = [await startProcess(), await startProcess()];
    expect(await first.read('soup')).toBe('soup');
    await untilInRedis(1);
    expect(await second.read('elsewhere')).toBe('soup');
    first.cache.invalidateTags('menu');
    expect(await first.read('salad')).toBe('salad');
    await untilItForgets(second, 'soup');
  });

  it('is encrypted, belongs to its key, and is not believed when somebody else wrote it', async () => {
    const first = await startProcess();
    await first.read('soup for ada@example.com');
    await first.read('salad', { key: 'b' });
    await untilInRedis(2);
    const [one, other] = await valuesInRedis();
    expect(JSON.stringify([one, other])).not.toMatch(/ada|soup|salad/);
    expect(one!.value).toMatch(/^v1\./);
    await server.withClient(async (client) => {
      await client.set(one!.key, other!.value);
      await client.set(other!.key, '{"value":"forged"}');
    });
    const second = await startProcess();
    expect(await second.read('loaded')).toBe('loaded');
    expect(await second.read('loaded', { key: 'b' })).toBe('loaded');
  });

  it('goes with its time, so that Redis does not fill up', async () => {
    const first = await startProcess();
    await first.read('soup', { ttlMs: 60_000, graceMs: 30_000 });
    await untilInRedis(1);
    const [one] = await valuesInRedis();
    const leftMs = await server.withClient((client) => client.pttl(one!.key));
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(90_000);
  });
});

describe('what was invalidated', () => {
  it.each([
    ['frozen', () => Promise.resolve(server.freeze()), () => Promise.resolve(server.thaw())],
    ['away, and comes back empty', () => server.kill(), () => server.start()],
  ])('while Redis is %s is served by nobody once it is back', async (_state, stop, restart) => {
    const [first, second] = [await startProcess(), await startProcess()];
    await first.read('soup');
    await untilInRedis(1);
    expect(await second.read('elsewhere')).toBe('soup');
    await stop();
    first.cache.invalidateTags('menu');
    expect(await first.read('salad')).toBe('salad');
    expect(await second.read('elsewhere')).toBe('soup'); // nobody can tell it: until its time is over
    await vi.waitFor(() => expect(first.redis.state).toBe('degraded'), 60_000);

    await restart();
    await untilItListens(first);
    await untilItListens(second);
    await vi.waitFor(
      async () => {
        expect(await first.read('curry')).not.toBe('soup');
        expect(await second.read('curry')).not.toBe('soup');
      },
      { timeout: 15_000 },
    );
  });

  it('stays so when Redis is flushed', async () => {
    const [first, second] = [await startProcess(), await startProcess()];
    await first.read('soup');
    first.cache.invalidateTags('menu');
    await first.read('salad');
    await untilItForgets(second, 'soup');
    await server.withClient((client) => client.flushall());
    for (const process of [first, second]) {
      expect(['salad', 'anew']).toContain(await process.read('anew'));
    }
    second.cache.invalidateTags('menu');
    expect(await second.read('curry')).toBe('curry');
    await untilItForgets(first, 'salad');
    expect(await first.read('x')).not.toBe('soup');
  });
});
