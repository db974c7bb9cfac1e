import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Redis } from 'ioredis';
import { HealthParts } from '#platform/telemetry/health-parts';
import { startApp, type TestApp } from '../app.js';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';
import { RedisServer } from '../redis-server.js';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';

let server: RedisServer;
let database: ScratchDatabase;
let apps: TestApp[];

beforeEach(async () => {
  server = await RedisServer.onFreePort();
  database = await scratchDatabase('postgresql');
  apps = [];
});
afterEach(async () => {
  for (const app of apps) await app[Symbol.asyncDispose]();
  await server.kill();
  await database.drop();
});

/** One process of several on one database and one Redis. */
async function start(settings: Record<string, string> = {}): Promise<TestApp> {
  const app = await startApp({
    ...database.environment,
    REDIS_URL: server.url.href,
    ...settings,
  });
  apps.push(app);
  return app;
}

const storageOf = async ({ app }: TestApp) => {
  const part = await app.get(HealthParts).look('cache');
  return part['storage'];
};

const untilStorageIs = (app: TestApp, storage: string) =>
  vi.waitFor(async () => expect(await storageOf(app)).toBe(storage), { timeout: 20_000 });

/** What people do: be known, look at lists, sign in. Returns what was answered, by status. */
async function useService({ api }: TestApp, token: string): Promise<Record<number, number>> {
  const answers = await Promise.all([
    ...Array.from({ length: 10 }, () => api.get('/v1/users/me', { token })),
    ...Array.from({ length: 10 }, () => api.get('/v1/users', { token })),
    ...Array.from({ length: 10 }, () => api.get('/v1/auth/sessions', { token })),
    api.post('/v1/auth/login', { email: 'nobody@example.com', password: 'no such password' }),
  ]);
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const probesOf = async ({ api }: TestApp) => {
  const paths = ['/health/ready', '/health/live', '/health'];
  const answers = await Promise.all(paths.map((path) => api.get(path)));
  return answers.map(({ status }) => status);
};

describe('a process without the Redis', () => {
  it('that it requires leaves the traffic to others until it is back, and lives on', async () => {
    const app = await start({ REDIS_REQUIRED: 'true' });
    expect(await probesOf(app)).toEqual([503, 200, 503]);
    await server.start();
    await untilStorageIs(app, 'redis');
    expect(await probesOf(app)).toEqual([200, 200, 200]);
    server.freeze();
    await app.api.post('/v1/auth/login', { email: 'nobody@example.com', password: 'no such' });
    await untilStorageIs(app, 'degraded');
    expect(await probesOf(app)).toEqual([503, 200, 503]);
    expect((await app.api.get('/health')).body).toMatchObject({
      redis: { status: 'unhealthy', required: true, runbook: 'docs/runbooks/redis-away.md' },
    });
    server.thaw();
    await untilStorageIs(app, 'redis');
    expect(await probesOf(app)).toEqual([200, 200, 200]);
  });

  it('that it does not require goes on', async () => {
    const app = await start();
    expect(await probesOf(app)).toEqual([200, 200, 200]);
    expect((await app.api.get('/health')).body).toMatchObject({ status: 'degraded' });
  });
});

const USED_WELL = { 200: 30, 401: 1 };

describe('a Redis that is', () => {
  it.each<[string, () => Promise<void>, () => Promise<void>]>([
    ['killed', () => server.kill(), () => server.start()],
    ['frozen', async () => server.freeze(), async () => server.thaw()],
  ])(
    '%s costs no request its answer; health says so, and it is back by itself',
    async (...given) => {
      const [, stop, restart] = given;
      await server.start();
      const app = await start();
      await untilStorageIs(app, 'redis');
      const { accessToken } = await app.logInAdmin();
      expect(await useService(app, accessToken)).toEqual(USED_WELL);

      await stop();
      for (let i = 0; i < 3; i++) expect(await useService(app, accessToken)).toEqual(USED_WELL);
      await untilStorageIs(app, 'degraded');
      const { status, body } = await app.api.get('/health');
      expect([status, body['status']]).toEqual([200, 'degraded']);

      await restart();
      await untilStorageIs(app, 'redis');
      expect(await useService(app, accessToken)).toEqual(USED_WELL);
    },
  );

  it.each<
    [string, string, (client: Redis) => Promise<unknown>, (client: Redis) => Promise<unknown>]
  >([
    [
      'a replica',
      'READONLY',
      (client) => client.replicaof('127.0.0.1', 1),
      (client) => client.replicaof('NO', 'ONE'),
    ],
    [
      'full',
      'OOM',
      (client) => client.config('SET', 'maxmemory', '1'),
      (client) => client.config('SET', 'maxmemory', '0'),
    ],
  ])(
    '%s and refuses writes is left alone until it takes them, with one line that says %s',
    async (_state, reason, refuse, allow) => {
      await server.start();
      const app = await start();
      await untilStorageIs(app, 'redis');
      const { accessToken } = await app.logInAdmin();
      await server.withClient(refuse);
      const endAt = performance.now() + 5_000; // several probes long
      while (performance.now() < endAt) {
        expect((await app.api.get('/v1/users/me', { token: accessToken })).status).toBe(200);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(await storageOf(app)).toBe('degraded');
      const said = app.lines.filter(({ msg }) => String(msg).startsWith('Redis '));
      expect(said).toMatchObject([
        {
          msg: expect.stringMatching(/^Redis refuses/),
          err: { message: expect.stringContaining(reason) },
        },
      ]);
      await server.withClient(allow);
      await untilStorageIs(app, 'redis');
    },
  );

  it('made a replica is left for the one to which its name leads now', async () => {
    await server.start();
    const next = await RedisServer.onFreePort();
    onTestFinished(() => next.kill());
    await next.start();
    const name = await TcpProxy.to(server.url);
    onTestFinished(() => name.close());
    const app = await startApp({ ...database.environment, REDIS_URL: name.url(server.url) });
    apps.push(app);
    await untilStorageIs(app, 'redis');
    const { accessToken } = await app.logInAdmin();
    name.lead(next.url);
    await server.withClient((client) => client.replicaof('127.0.0.1', next.port));
    await useService(app, accessToken);
    expect(await storageOf(app)).toBe('degraded');
    await untilStorageIs(app, 'redis');
    expect(await useService(app, accessToken)).toEqual(USED_WELL);
    expect(await next.withClient((client) => client.dbsize())).toBeGreaterThan(1); // not the probe alone
  });

  it('refused at the start is no reason not to start, and used once it is there', async () => {
    const app = await start();
    const { accessToken } = await app.logInAdmin();
    expect(await useService(app, accessToken)).toEqual(USED_WELL);
    expect(await storageOf(app)).toBe('degraded');
    await server.start();
    await untilStorageIs(app, 'redis');
    expect(await useService(app, accessToken)).toEqual(USED_WELL);
  });

  it('flushed again and again is missed by nobody', async () => {
    await server.start();
    const app = await start();
    await untilStorageIs(app, 'redis');
    const { accessToken } = await app.logInAdmin();
    for (let i = 0; i < 5; i++) {
      await server.withClient((client) => client.flushall());
      expect(await useService(app, accessToken)).toEqual(USED_WELL);
    }
  });

  it('slow is left alone after one wait, by cache and limits alike', async () => {
    await server.start();
    const app = await start();
    await untilStorageIs(app, 'redis');
    const { accessToken } = await app.logInAdmin();
    await server.withClient((client) => client.client('PAUSE', 3_000, 'ALL'));
    expect(await useService(app, accessToken)).toEqual(USED_WELL);
    expect(await storageOf(app)).toBe('degraded');
    const saidBefore = app.lines.filter(({ msg }) => String(msg).startsWith('Redis does not'));
    for (let i = 0; i < 5; i++) expect(await useService(app, accessToken)).toEqual(USED_WELL);
    expect(saidBefore).toHaveLength(1);
    await untilStorageIs(app, 'redis');
  });

  it('frozen leaves nobody signed in who was signed out elsewhere', async () => {
    await server.start();
    const [first, second] = [await start(), await start()];
    for (const app of [first, second]) await untilStorageIs(app, 'redis');
    const { accessToken: token } = await first.api.join('ada@example.com');
    const me = async ({ api }: TestApp) => (await api.get('/v1/users/me', { token })).status;
    expect([await me(first), await me(second)]).toEqual([200, 200]);

    server.freeze();
    await first.api.post('/v1/auth/logout', undefined, { token });
    const endedAt = performance.now();
    expect(await me(first)).toBe(401);
    await vi.waitFor(async () => expect(await me(second)).toBe(401), { timeout: 20_000 });
    expect(performance.now() - endedAt).toBeLessThan(10_000); // told, a row is good for thirty seconds
  });
});

it('a Redis that takes connections and drops them is tried less and less often, by two connections', async () => {
  let connections = 0;
  const storm = createServer((socket) => {
    connections++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(storm, 'listening');
  const { port } = storm.address() as AddressInfo;
  const app = await startApp({ REDIS_URL: `redis://127.0.0.1:${port}` });
  apps.push(app);
  const countDuring = async (ms: number) => {
    const before = connections;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return connections - before;
  };
  await countDuring(10_000);
  // at least one and a half seconds from one attempt of a connection to its next
  expect(await countDuring(10_000)).toBeLessThanOrEqual(2 * 8);
  expect(connections).toBeLessThanOrEqual(2 * 25);
  expect((await app.api.get('/health')).body['status']).toBe('degraded');
  storm.close();
});
