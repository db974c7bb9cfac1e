import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api, Tokens } from '../api.js';
import { administer } from '../administer.js';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';
import { Service } from '../service.js';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';

let database: ScratchDatabase;
let proxy: TcpProxy;
let target: URL;
let service: Service;
let api: Api;
let tokens: Tokens;

beforeAll(async () => {
  database = await scratchDatabase('postgresql');
  target = new URL(database.environment.DATABASE_URL);
  proxy = await TcpProxy.to(target);
  service = new Service({
    ...database.environment,
    DATABASE_URL: proxy.url(target),
    LOAD_TARGET_DATABASE_DELAY_MS: '250', // as it is by default
  });
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

interface DatabaseHealth {
  readonly database: {
    readonly breaker: string;
    readonly refused: number;
    readonly errors: number;
  };
}
const databaseHealth = async () => (await api.get<DatabaseHealth>('/health')).body.database;
const breakerState = async () => (await databaseHealth()).breaker;
const errorCount = async () => (await databaseHealth()).errors;
const refusedCalls = async () => (await databaseHealth()).refused;

async function mend(): Promise<void> {
  proxy.lead(target);
  await proxy.pass();
}
afterEach(mend);

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

let unwilling: Server | undefined;
afterEach(() => unwilling?.close());

/** To a server that says that to whoever comes, and shuts the door. */
async function leadToServerThatSays(sqlState: string, message: string): Promise<void> {
  const fields = ['SFATAL', 'VFATAL', `C${sqlState}`, `M${message}`, ''];
  const text = Buffer.from(`${fields.join('\0')}\0`);
  const head = Buffer.from('E....');
  head.writeUInt32BE(text.length + 4, 1);
  unwilling = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([head, text])));
  }).listen(0, '127.0.0.1');
  await once(unwilling, 'listening');
  proxy.lead(new URL(`tcp://127.0.0.1:${(unwilling.address() as AddressInfo).port}`));
  proxy.cut();
}

describe.each([
  ['frozen', () => Promise.resolve(proxy.freeze())],
  ['refusing connections', () => proxy.refuse()],
  ['gone without a word', () => Promise.resolve(proxy.swallow())],
  ['two seconds behind with each answer', () => Promise.resolve(proxy.slow(2_000))],
  ['out of connections', () => leadToServerThatSays('53300', 'sorry, too many clients already')],
  ['refusing the login', () => leadToServerThatSays('28000', 'role is not permitted to log in')],
])('while the database is %s', (_state, breakIt) => {
  it('every route answers 503 in time, liveness stays, and it comes back by itself', async () => {
    const errorsBefore = await errorCount();
    await breakIt();
    // a row that was known a moment ago is, until the first call finds that the database is silent
    const others = calls
      .slice(1)
      .map(([name, call]) => timed(call).then((t) => [name, ...t] as const));
    const first = await Promise.all(others);
    first.push(['me', ...(await timed(calls[0]![1]))]);
    for (const [name, answer, ms] of first) {
      expectOutage(name, answer);
      // 800 ms of silence, and the slack of a noisy machine: a hang would be many seconds
      expect({ name, isInTime: ms < 4_000 }).toEqual({ name, isInTime: true });
    }
    const [live, ready] = [await api.get('/health/live'), await api.get('/health/ready')];
    expect([live.status, ready.status]).toEqual([200, 503]);
    expect(await errorCount()).toBeGreaterThan(errorsBefore);
    expect((await api.get('/health')).body).toMatchObject({
      status: 'unhealthy',
      database: { runbook: 'docs/runbooks/database.md' },
    });

    await until(async () => {
      await calls[0]![1]();
      return (await breakerState()) !== 'closed';
    });
    // with the breaker open all but the trial call, one a second, are refused without a try
    const [before, start] = [await refusedCalls(), performance.now()];
    // one after the other: those that begin in the same turn share one look-up
    for (let i = 0; i < 40; i++) expectOutage('me', await calls[0]![1]());
    const trials = 1 + Math.ceil((performance.now() - start) / 1_000);
    expect((await refusedCalls()) - before).toBeGreaterThanOrEqual(40 - trials);

    await mend();
    await until(async () => (await api.get('/health/ready')).status === 200);
    await until(async () => (await calls[0]![1]()).status === 200);
    await until(
      async () => (await api.register(`after-${Math.random()}@example.com`)).status === 202,
    );
    expect(service.output).not.toMatch(/uncaught|nobody caught/);
  });
});

it('a table that somebody has locked costs the routes that need it, and no others', async () => {
  const [other, observer] = [new Client(target.href), new Client(target.href)];
  await Promise.all([other.connect(), observer.connect()]);
  const count = async (where: string) => {
    const { rows } = await observer.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE application_name = 'aerie' AND datname = current_database() AND ${where}`,
    );
    return rows[0]!.n;
  };
  await other.query('BEGIN');
  await other.query('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
  const { accessToken: token } = tokens;
  const two = () => [
    api.get('/v1/auth/api-keys', { token }),
    api.request<Record<string, unknown>>('DELETE', `/v1/auth/api-keys/${randomUUID()}`, undefined, {
      token,
    }),
  ];
  const several = (times: number) => Array.from({ length: times }, two).flat();
  const waiting = () => count(`wait_event_type = 'Lock'`);
  const stuck = several(4);
  await until(async () => (await waiting()) === stuck.length);
  await delay(300); // long enough to show that they stand
  stuck.push(...several(20));
  await until(async () => (await waiting()) === 10);
  for (let i = 0; i < 20; i++) expect((await calls[0]![1]()).status).toBe(200);
  expect((await api.register(`meanwhile-${Math.random()}@example.com`)).status).toBe(202);
  expect((await api.get('/health/ready')).status).toBe(200);
  expectOutage('api-keys', await Promise.race(stuck));
  expect(await breakerState()).toBe('closed');
  expect(await count('true')).toBeLessThanOrEqual(20);
  expect(await waiting()).toBeLessThanOrEqual(10);
  await other.query('COMMIT');
  await Promise.all([other.end(), observer.end()]);
  for (const { status } of await Promise.all(stuck)) expect([200, 404, 503]).toContain(status);
});

it('a crowd on one route is refused at once, and nobody who asks for another', async () => {
  const other = new Client(target.href);
  await other.connect();
  await other.query('BEGIN');
  await other.query('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
  const { accessToken: token } = tokens;
  const crowded = () => api.get('/v1/auth/api-keys', { token });
  const saidBefore = service.output.length;
  const said = () => service.output.slice(saidBefore);
  const stuck = Array.from({ length: 80 }, crowded);
  // the limit may be low since the test before, and rise until the first have waited too long
  let refusedInARow = 0;
  await until(async () => {
    const one = crowded();
    const answer = await Promise.race([one, delay(200)]);
    if (!answer) stuck.push(one);
    refusedInARow = answer ? refusedInARow + 1 : 0;
    return refusedInARow === 10;
  });
  const origin = { origin: 'https://app.example.com' }; // refused in another place, behind CORS
  const refused = [await crowded(), await api.get('/v1/auth/api-keys', { token, headers: origin })];
  for (const { status, body, headers } of refused) {
    const problem = { type: '/docs/problems/overloaded', status: 503 };
    expect({ status, body }).toMatchObject({ status: 503, body: problem });
    expect(headers.get('retry-after')).toBe('2');
  }
  expect((await api.get('/health')).body).toMatchObject({ requests: { status: 'degraded' } });
  for (let i = 0; i < 20; i++) expect((await calls[0]![1]()).status).toBe(200);
  expect(said()).toMatch(/requests for one route[^\n]*GET \/v1\/auth\/api-keys/);
  await other.query('COMMIT');
  await other.end();
  for (const { status } of await Promise.all(stuck)) expect([200, 503]).toContain(status);
  await until(async () => (await crowded()).status === 200);
});

it('a database that may only be read says 503 to writes, serves reads, and shows in health', async () => {
  const name = target.pathname.slice(1);
  const setReadOnly = (value: string) =>
    administer(`ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`);
  await setReadOnly('on');
  proxy.cut(); // what is open stays as it was opened
  await until(async () => (await api.get('/health/ready')).status === 200);
  expectOutage('register', await api.register(`late-${Math.random()}@example.com`));
  expect((await calls[0]![1]()).status).toBe(200);
  expect((await api.get('/health')).body).toMatchObject({
    status: 'degraded',
    database: {
      status: 'degraded',
      unable: 'read-only',
      breaker: 'closed',
      runbook: 'docs/runbooks/database-unable.md',
    },
  });
  await setReadOnly('off');
  proxy.cut(); // that the others are replaced in time is the drill's to show
  await until(
    async () => (await api.register(`again-${Math.random()}@example.com`)).status === 202,
  );
});

it('connections that are reset under way cost at most the calls that were on them', async () => {
  const answers = Array.from({ length: 30 }, (_, i) => api.register(`reset${i}@example.com`));
  proxy.cut();
  for (const { status } of await Promise.all(answers)) expect([202, 503]).toContain(status);
  await until(async () => (await api.get('/health/ready')).status === 200);
  expect((await calls[0]![1]()).status).toBe(200);
});
