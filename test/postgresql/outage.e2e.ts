import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api, Tokens } from '../api.js';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';
import { Service } from '../service.js';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';

let database: ScratchDatabase;
let proxy: TcpProxy;
let service: Service;
let api: Api;
let tokens: Tokens;

beforeAll(async () => {
  database = await scratchDatabase('postgresql');
  const target = new URL(database.environment.DATABASE_URL);
  proxy = await TcpProxy.to(target);
  service = new Service({ ...database.environment, DATABASE_URL: proxy.url(target) });
  api = await service.ready();
  tokens = await api.join('ada@example.com');
});
afterAll(async () => {
  await service.kill();
  await proxy.close();
  await database.drop();
});

/** One of each kind: an access guard's look-up, a write, a read behind credentials, a transaction. */
const calls: [string, () => Promise<Answer>][] = [
  ['me', () => api.get('/v1/users/me', { token: tokens.accessToken })],
  ['register', () => api.register(`u${Math.random().toString(36).slice(2)}@example.com`)],
  ['login', () => api.logIn('ada@example.com') as unknown as Promise<Answer>],
  ['refresh', () => api.refresh(tokens.refreshToken) as unknown as Promise<Answer>],
];

async function timed(call: () => Promise<Answer>): Promise<[Answer, number]> {
  const start = performance.now();
  const answer = await call();
  return [answer, performance.now() - start];
}

function expectOutage(name: string, answer: Answer): void {
  expect({ name, status: answer.status }).toEqual({ name, status: 503 });
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(answer.body).toMatchObject({ type: '/docs/problems/database', status: 503 });
  expect(JSON.stringify(answer.body)).not.toMatch(/127\.0\.0\.1|ECONN|prisma|SELECT/i);
}

async function breakerState(): Promise<string> {
  const { body } = await api.get<{ database?: { breaker?: string } }>('/health');
  return body.database?.breaker ?? '';
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe.each([
  ['frozen', () => Promise.resolve(proxy.freeze())],
  ['refusing connections', () => proxy.refuse()],
])('while the database is %s', (_state, breakIt) => {
  it('every route answers 503 in time, liveness stays, and it comes back by itself', async () => {
    await breakIt();
    const first = await Promise.all(
      calls.map(([name, call]) => timed(call).then((t) => [name, ...t] as const)),
    );
    for (const [name, answer, ms] of first) {
      expectOutage(name, answer);
      // 800 ms of silence, and the slack of a noisy machine: a hang would be many seconds
      expect({ name, isInTime: ms < 4_000 }).toEqual({ name, isInTime: true });
    }
    const [live, ready] = [await api.get('/health/live'), await api.get('/health/ready')];
    expect([live.status, ready.status]).toEqual([200, 503]);
    expect((await api.get('/health')).body).toMatchObject({ status: 'unhealthy' });

    await until(async () => {
      await calls[0]![1]();
      return (await breakerState()) !== 'closed';
    });
    // with the breaker open all but the trial call, one a second, are answered without a wait
    const answers = await Promise.all(Array.from({ length: 40 }, () => timed(calls[0]![1])));
    for (const [answer] of answers) expectOutage('me', answer);
    const atOnce = answers.filter(([, ms]) => ms < 400);
    expect(atOnce.length).toBeGreaterThanOrEqual(38);

    await proxy.pass();
    await until(async () => (await api.get('/health/ready')).status === 200);
    const [answer] = await timed(calls[0]![1]);
    expect(answer.status).toBe(200);
    expect((await api.register('after@example.com')).status).toBe(202);
    expect(service.output).not.toMatch(/uncaught|nobody caught/);
  });
});

it('connections that are reset under way cost at most the calls that were on them', async () => {
  const answers = Array.from({ length: 30 }, (_, i) => api.register(`reset${i}@example.com`));
  proxy.cut();
  for (const { status } of await Promise.all(answers)) expect([202, 503]).toContain(status);
  await until(async () => (await api.get('/health/ready')).status === 200);
  expect((await calls[0]![1]()).status).toBe(200);
});
