import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClientBase } from 'pg';
import { Authenticator } from '#edge/access/authenticator';
import { Cache } from '#platform/cache/cache';
import { Metrics } from '#platform/telemetry/metrics';
import { HealthParts } from '#platform/telemetry/health-parts';
import { startApp, type TestApp } from '../app.js';

let started: TestApp[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const test of started) await test[Symbol.asyncDispose]();
  started = [];
});

async function start(environment: Record<string, string> = {}): Promise<TestApp> {
  const test = await startApp(environment);
  started.push(test);
  return test;
}

interface Listed {
  readonly items: { readonly id: string; readonly email: string; readonly role: string }[];
}

const emails = async ({ api }: TestApp, token: string) =>
  (await api.get<Listed>('/v1/users?limit=100', { token })).body.items.map(({ email }) => email);

const OF_LISTS = /\bFROM\s+("?public"?\.)?"?(users|sessions)"?/i;

/** Counts the statements that read what is listed; what goes on behind requests takes its own time. */
function countStatements({ engine }: TestApp): () => number {
  let count = 0;
  const watched = new WeakSet<object>();
  engine.pool.on('acquire', (client: ClientBase) => {
    if (watched.has(client)) return;
    watched.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => never;
    client.query = (...args: unknown[]): never => {
      const [first] = args as [string | { text: string }];
      if (OF_LISTS.test(typeof first === 'string' ? first : first.text)) count++;
      return query(...args);
    };
  });
  return () => count;
}

/** Six hundred looks at lists of users and sessions while three people sign up. */
async function readHeavyMix(test: TestApp): Promise<number> {
  const { accessToken: token } = await test.logInAdmin();
  const statements = countStatements(test);
  for (let round = 0; round < 3; round++) {
    for (let batch = 0; batch < 10; batch++) {
      const paths = Array.from({ length: 20 }, (_, i) =>
        i % 2 ? '/v1/users?limit=50' : '/v1/auth/sessions',
      );
      const answers = await Promise.all(paths.map((path) => test.api.get(path, { token })));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
    await test.api.register(`reader-${round}@example.com`);
    expect(await emails(test, token)).toContain(`reader-${round}@example.com`);
  }
  return statements();
}

it('asks the database at least 80 % less often when much is read and little changes', async () => {
  const without = await readHeavyMix(await start({ CACHE_MAX_BYTES: '0' }));
  const test = await start();
  vi.useFakeTimers({ toFake: ['Date', 'performance'] }); // what is kept gets no older, however long it takes
  const withCache = await readHeavyMix(test);
  expect(without).toBeGreaterThan(600);
  expect(withCache).toBeLessThan(without * 0.2);
});

describe('a cached list', () => {
  let test: TestApp;
  let token: string;
  beforeAll(async () => {
    test = await startApp();
    token = (await test.logInAdmin()).accessToken;
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('shows every change at once', async () => {
    const before = await emails(test, token);
    await test.api.register('ada@example.com');
    expect(await emails(test, token)).toEqual(['ada@example.com', ...before]);
    const [ada] = (await test.api.get<Listed>('/v1/users?limit=100', { token })).body.items;
    await test.api.request('PUT', `/v1/users/${ada!.id}/role`, { role: 'support' }, { token });
    const { body } = await test.api.get<Listed>('/v1/users?limit=100', { token });
    expect(body.items[0]).toMatchObject({ email: 'ada@example.com', role: 'support' });
  });

  it('of sessions is its owner’s alone, and without one that has ended', async () => {
    const sessionsOf = async (owner: string) =>
      (await test.api.get<Listed>('/v1/auth/sessions', { token: owner })).body.items.map(
        ({ id }) => id,
      );
    const ada = (await test.api.join('own.ada@example.com')).accessToken;
    const bob = (await test.api.join('own.bob@example.com')).accessToken;
    const [adas, bobs] = [await sessionsOf(ada), await sessionsOf(bob)];
    expect(adas).toHaveLength(1);
    expect(bobs).toHaveLength(1);
    expect(adas).not.toEqual(bobs);

    const second = (await test.api.logIn('own.ada@example.com')).body.accessToken;
    const both = await sessionsOf(ada);
    expect(both).toHaveLength(2);
    const ended = `/v1/auth/sessions/${both[1]!}`;
    expect((await test.api.request('DELETE', ended, undefined, { token: second })).status).toBe(
      204,
    );
    expect(await sessionsOf(second)).toEqual([both[0]]);
  });

  it('is no way around a permission', async () => {
    expect(await emails(test, token)).not.toHaveLength(0);
    const ada = (await test.api.join('curious.ada@example.com')).accessToken;
    await emails(test, token);
    expect((await test.api.get('/v1/users?limit=100', { token: ada })).status).toBe(403);
    expect((await test.api.get('/v1/users?limit=100')).status).toBe(401);
  });

  it('is kept for each tenant apart, and closed to who was an administrator a moment ago', async () => {
    const ada = (await test.api.join('bistro.ada@example.com')).accessToken;
    const { id } = (await test.api.get<{ id: string }>('/v1/users/me', { token: ada })).body;
    const put = (what: string, value: object) =>
      test.api.request('PUT', `/v1/users/${id}/${what}`, value, { token });
    await put('role', { role: 'admin' });
    await put('tenant', { tenant: 'bistro' });
    const reads = test.app.get(Metrics).registry;
    const loads = async () =>
      Number(/getPage",outcome="loaded"} (\d+)/.exec(await reads.metrics())?.[1] ?? 0);

    const before = await loads();
    for (const caller of [token, ada, token, ada]) await emails(test, caller);
    expect(await loads()).toBe(before + 2);
    await put('role', { role: 'user' });
    expect((await test.api.get('/v1/users?limit=100', { token: ada })).status).toBe(403);
  });

  it('has no part in who may do what', async () => {
    const load = vi.fn<() => Promise<string>>().mockResolvedValue('admin');
    const ask = () =>
      test.app
        .get(Cache)
        .getOrLoad({ name: 'roles', key: '', ttlMs: 60_000, graceMs: 60_000, tags: [] }, load);
    const authenticator = test.app.get(Authenticator);
    const authenticate = authenticator.authenticate.bind(authenticator);
    vi.spyOn(authenticator, 'authenticate').mockImplementation(async (request) => {
      await ask();
      return authenticate(request);
    });
    for (let i = 0; i < 3; i++) {
      expect((await test.api.get('/v1/users/me', { token })).status).toBe(200);
    }
    expect(load.mock.calls.length).toBeGreaterThanOrEqual(3);
    load.mockClear();
    for (let i = 0; i < 3; i++) await ask();
    expect(load).toHaveBeenCalledOnce();
  });
});

it('says in health and metrics what it keeps', async () => {
  const test = await start();
  const { accessToken: token } = await test.logInAdmin();
  await emails(test, token);
  await emails(test, token);
  expect(await test.app.get(HealthParts).look('cache')).toMatchObject({
    status: 'healthy',
    storage: 'memory',
    entries: expect.any(Number),
  });
  const text = await test.app.get(Metrics).registry.metrics();
  expect(text).toContain(
    'aerie_cache_reads_total{cache="UsersService.getPage",outcome="loaded"} 1',
  );
  expect(text).toContain(
    'aerie_cache_reads_total{cache="UsersService.getPage",outcome="memory"} 1',
  );
  expect(text).toMatch(/^aerie_cache_entries [1-9]\d*$/m);
  expect(text).toMatch(/^aerie_cache_bytes [1-9]\d*$/m);
});
