import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Log } from '#platform/logging/log';
import { HealthParts } from '#platform/telemetry/health-parts';
import { Metrics } from '#platform/telemetry/metrics';
import { startApp, type TestApp } from '../app.js';

let test: TestApp;
let token: string;

beforeAll(async () => {
  test = await startApp({ SLOW_QUERY_MS: '1', PASSWORD_HASH_MEMORY_KIB: '8192' });
  token = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());
afterEach(async () => {
  vi.useRealTimers();
  await put({ level: 'info' });
});

const put = (body: unknown) =>
  test.api.request<Record<string, unknown>>('PUT', '/hardening/log-levels', body, { token });
const heard = (id: string) => test.lines.filter(({ requestId }) => requestId === id);
const ping = (id: string) => test.api.get('/ping', { headers: { 'x-request-id': id } });

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the log level', () => {
  it('is changed by an administrator at run time, for a module, and recorded', async () => {
    const { status, body } = await put({ level: 'info', modules: { http: 'error' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      level: 'info',
      configured: 'info',
      modules: { http: 'error' },
      known: expect.arrayContaining(['database', 'http']),
      until: null,
    });
    await ping('quiet-1');
    await put({ level: 'info' });
    await ping('loud-1');
    await until(() => heard('loud-1').length === 1);
    expect(heard('quiet-1')).toEqual([]);
    await until(async () => {
      const entries = await test.api.auditOf(token, '&action=operations.log_level_changed');
      return entries.some(({ metadata }) => metadata['modules'] === 'http=error');
    });
    const [entry] = await test.api.auditOf(token, '&action=operations.log_level_changed');
    expect(entry!.actor).toEqual(expect.any(String));
  });

  it('of security stays, however little is logged', async () => {
    await put({ level: 'error' });
    test.app.get(Log).security({ requestId: 'level-test' }, 'still heard');
    expect(heard('level-test')).toHaveLength(1);
  });

  it('returns by itself when it was changed for some minutes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const { body } = await put({ level: 'debug', forMinutes: 30 });
    expect(body['until']).toEqual(expect.any(String));
    expect(test.app.get(Log).level).toBe('debug');
    vi.advanceTimersByTime(30 * 60_000);
    vi.useRealTimers();
    expect(test.app.get(Log).level).toBe('info');
    expect(test.lines.at(-1)).toMatchObject({
      action: 'operations.log_level_changed',
      metadata: { level: 'info', reason: 'the time was over' },
    });
  });

  it.each([
    [{ level: 'loud' }],
    [{}],
    [{ level: 'info', modules: { http: 'loud' } }],
    [{ level: 'info', modules: 'http' }],
    [{ level: 'info', modules: { nothing_of_that_name: 'debug' } }],
    [{ level: 'info', forMinutes: 0 }],
    [{ level: 'info', forMinutes: 100_000 }],
  ])('is not changed by %j', async (body) => {
    expect((await put(body)).status).toBe(400);
    expect(test.app.get(Log).level).toBe('info');
  });

  it('is nobody else’s business', async () => {
    const user = await test.api.join('nobody@example.com');
    const options = { token: user.accessToken };
    const denied = await test.api.request(
      'PUT',
      '/hardening/log-levels',
      { level: 'debug' },
      options,
    );
    expect(denied.status).toBe(403);
    expect((await test.api.get('/hardening/log-levels')).status).toBe(401);
  });
});

describe('the log', () => {
  it('tells of slow queries with their SQL and their request, never their values', async () => {
    test.app.get(Log).moduleLevels.reset();
    await until(async () => {
      const query = '?limit=100&actor=somebody-special';
      const headers = { 'x-request-id': 'slow-query' };
      await test.api.get(`/v1/audit${query}`, { token, headers });
      return heard('slow-query').some(({ msg }) => msg === 'slow query');
    });
    const line = heard('slow-query').find(({ msg }) => msg === 'slow query')!;
    expect(line).toMatchObject({
      level: 'performance',
      module: 'database',
      sql: expect.stringContaining('SELECT'),
      durationMs: expect.any(Number),
    });
    expect(JSON.stringify(test.lines)).not.toContain('somebody-special');
  });

  it('is counted by level, and says how it does', async () => {
    const text = await test.app.get(Metrics).registry.metrics();
    expect(text).toMatch(/^aerie_log_lines_total\{level="info"\} [1-9]/m);
    expect(text).toMatch(/^aerie_log_lines_dropped_total\{output="stdout"\} 0$/m);
    expect(await test.app.get(HealthParts).look('logs')).toEqual({
      status: 'healthy',
      outputs: { stdout: 'written' },
      dropped: 0,
    });
  });
});
