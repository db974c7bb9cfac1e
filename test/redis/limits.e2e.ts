import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { RowCaches } from '#platform/cache/row-caches';
import { startApp, type TestApp } from '../app.js';
import { redisUrl } from '../servers.js';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';

const LIMITED = { RATE_LIMIT_API: '10/15m' };
let redis: Redis;
let proxy: TcpProxy;
let environment: Record<string, string>;

beforeEach(async () => {
  const url = new URL(redisUrl);
  url.pathname = '/15';
  redis = new Redis(url.href);
  await redis.flushdb();
  proxy = await TcpProxy.to(url);
  environment = { ...LIMITED, REDIS_URL: proxy.url(url) };
});
afterEach(async () => {
  await proxy.close();
  redis.disconnect();
});

const statuses = async ({ api }: TestApp, count: number) =>
  (await Promise.all(Array.from({ length: count }, () => api.get('/v1/users/me')))).map(
    ({ status }) => status,
  );

async function storageOf({ api }: TestApp): Promise<string> {
  const { body } = await api.get<{ rateLimits: { storage: string } }>('/health');
  return body.rateLimits.storage;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const timesGivenUp = (apps: TestApp[]) =>
  apps.flatMap(({ lines }) => lines).filter(({ msg }) => String(msg).startsWith('Redis does not'))
    .length;

/**
 * A round in which no process gave up waiting for Redis. A busy machine may keep an answer for more
 * than the 50 ms that a request waits; what is counted in memory then says nothing about Redis.
 */
async function undisturbed<T>(apps: TestApp[], round: () => Promise<T>): Promise<T> {
  for (;;) {
    for (const app of apps) await until(async () => (await storageOf(app)) === 'redis');
    await redis.flushdb();
    const before = timesGivenUp(apps);
    const result = await round();
    if (timesGivenUp(apps) === before) return result;
  }
}

/** Signs in somebody of the tenant. */
async function tokenOn({ api, app, engine }: TestApp, email: string): Promise<string> {
  const { accessToken } = await api.join(email);
  const { rows } = await engine.pool.query<{ id: string }>(
    "UPDATE users SET tenant = 'bistro' WHERE email = $1 RETURNING id",
    [email],
  );
  app.get(RowCaches).of('user').forget(rows[0]!.id); // there is no route that gives a tenant yet
  return accessToken;
}

describe('limits in Redis', () => {
  it('hold across two processes', async () => {
    await using first = await startApp(environment);
    await using second = await startApp(environment);
    const answers = await undisturbed([first, second], async () => [
      ...(await statuses(first, 6)),
      ...(await statuses(second, 6)),
    ]);
    expect(answers.filter((status) => status === 401)).toHaveLength(10);
    expect(answers.filter((status) => status === 429)).toHaveLength(2);
  });

  it('of a tenant hold across two processes and all its members', async () => {
    const tenants = { ...environment, RATE_LIMIT_API: '1000/15m', RATE_LIMIT_TENANT: '6/15m' };
    await using first = await startApp(tenants);
    await using second = await startApp(tenants);
    const tokens = [
      await tokenOn(first, 'ada@example.com'),
      await tokenOn(second, 'bo@example.com'),
    ];
    const answers = await undisturbed([first, second], async () => {
      const all: number[] = [];
      for (let i = 0; i < 4; i++) {
        for (const [index, { api }] of [first, second].entries()) {
          all.push((await api.get('/v1/users/me', { token: tokens[index]! })).status);
        }
      }
      return all;
    });
    expect(answers).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
  });

  it('wait for a frozen Redis once, 50 ms, and then leave it alone', async () => {
    await using test = await startApp(environment);
    await until(async () => (await storageOf(test)) === 'redis');
    const tookMs = async () => {
      const start = performance.now();
      expect((await test.api.get('/v1/users/me')).status).toBe(401);
      return performance.now() - start;
    };
    await tookMs();
    proxy.freeze();
    expect(await tookMs()).toBeGreaterThanOrEqual(49);
    expect(await storageOf(test)).toBe('degraded');
    const later: number[] = [];
    for (let i = 0; i < 8; i++) {
      later.push(await tookMs());
      await new Promise((resolve) => setTimeout(resolve, 200)); // beyond the first ping
    }
    expect(later.toSorted((a, b) => a - b)[4]).toBeLessThan(40);
    expect(later.filter((ms) => ms >= 49).length).toBeLessThanOrEqual(1); // the machine’s own noise
    await proxy.pass();
    await until(async () => (await storageOf(test)) === 'redis');
  });

  it('go on in memory while Redis is away, say so, and return by themselves', async () => {
    await using test = await startApp({ ...environment, RATE_LIMIT_API: '1000/15m' });
    await until(async () => (await storageOf(test)) === 'redis');
    for (const breakIt of [() => proxy.refuse(), () => Promise.resolve(proxy.freeze())]) {
      await breakIt();
      expect(new Set(await statuses(test, 20))).toEqual(new Set([401]));
      await proxy.refuse();
      await until(async () => (await storageOf(test)) === 'degraded');
      expect((await test.api.get('/health')).body).toMatchObject({ status: 'degraded' });
      expect((await test.api.get('/health')).status).toBe(200);
      expect(new Set(await statuses(test, 20))).toEqual(new Set([401]));
      await proxy.pass();
      await until(async () => (await storageOf(test)) === 'redis');
    }
  });
});
