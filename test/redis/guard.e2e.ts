import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { startApp, type TestApp } from '../app.js';
import { redisUrl } from '../servers.js';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';

let redis: Redis;
let proxy: TcpProxy;
let environment: Record<string, string>;

beforeEach(async () => {
  const url = new URL(redisUrl);
  url.pathname = '/14';
  redis = new Redis(url.href);
  await redis.flushdb();
  proxy = await TcpProxy.to(url);
  environment = { REDIS_URL: proxy.url(url), GUARD_CLIENT_SCORE: '32' };
});
afterEach(async () => {
  await proxy.close();
  redis.disconnect();
});

const attack = ({ api }: TestApp) =>
  api.get(`/docs/problems?q=${encodeURIComponent("x' OR 1=1 --")}`);
const statusOf = async ({ api }: TestApp) => (await api.get('/docs/problems')).status;
const lift = async ({ api }: TestApp, token: string) =>
  (await api.request('DELETE', '/hardening/guard/blocked/127.0.0.1', undefined, { token })).status;

async function storage({ api }: TestApp): Promise<string> {
  const { body } = await api.get<{ rateLimits: { storage: string } }>('/health');
  return body.rateLimits.storage;
}

describe('blocked clients in Redis', () => {
  it('are counted, blocked and let in across two processes', async () => {
    await using first = await startApp(environment);
    await using second = await startApp(environment);
    await expect.poll(() => storage(first)).toBe('redis');
    await expect.poll(() => storage(second)).toBe('redis');
    const token = (await second.logInAdmin()).accessToken;

    // four are enough; a busy machine may lose one to the time limit; alone, a process needs four of its own
    for (const app of [first, second, first, second, first, second]) {
      await expect.poll(() => storage(app)).toBe('redis');
      expect((await attack(app)).status).toBe(403);
    }
    await expect.poll(() => statusOf(first), { timeout: 3_000 }).toBe(403);
    await expect.poll(() => statusOf(second), { timeout: 3_000 }).toBe(403);

    expect(await lift(second, token)).toBe(204);
    expect(await statusOf(second)).toBe(200);
    await expect.poll(() => statusOf(first), { timeout: 3_000 }).toBe(200);
    const blocks = [...first.lines, ...second.lines].filter(
      ({ action }) => action === 'security.client_blocked',
    );
    expect(blocks).toHaveLength(1);
  });

  it('are blocked in memory while Redis is away, and everywhere once it is back', async () => {
    await using first = await startApp(environment);
    await using second = await startApp(environment);
    await expect.poll(() => storage(first)).toBe('redis');
    await expect.poll(() => storage(second)).toBe('redis');
    const token = (await second.logInAdmin()).accessToken;

    await proxy.refuse();
    await expect.poll(() => storage(first)).toBe('degraded');
    for (let i = 0; i < 4; i++) {
      expect((await attack(first)).body).toMatchObject({ type: '/docs/problems/suspicious-input' });
    }
    expect((await first.api.get('/docs/problems')).body).toMatchObject({
      type: '/docs/problems/client-blocked',
    });
    expect(await statusOf(second)).toBe(200);

    await proxy.pass();
    await expect.poll(() => statusOf(second), { timeout: 8_000 }).toBe(403);
    expect(await lift(second, token)).toBe(204);
    await expect.poll(() => statusOf(first), { timeout: 3_000 }).toBe(200);
  });

  it('cost a request at most a moment when Redis hangs', async () => {
    await using test = await startApp(environment);
    await expect.poll(() => storage(test)).toBe('redis');
    await attack(test);
    proxy.freeze();
    const startedAt = performance.now();
    for (let i = 0; i < 3; i++) expect((await attack(test)).status).toBe(403);
    expect(await statusOf(test)).toBe(403);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
