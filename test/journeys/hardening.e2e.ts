import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '#platform/database/database';
import type { Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';

const SECRET = 'whoever-reads-this-has-the-key-of-the-house';

let test: TestApp;
let api: Api;
let token: string;

beforeAll(async () => {
  test = await startApp({
    METRICS_TOKEN: SECRET,
    SLOW_QUERY_MS: '100',
    GUARD_CLIENT_SCORE: '1000',
  });
  ({ api } = test);
  token = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

const read = async <T = Record<string, unknown>>(path: string): Promise<T> => {
  const { status, body } = await api.get<T>(`/hardening/${path}`, { token });
  expect({ path, status }).toEqual({ path, status: 200 });
  return body;
};

describe('the hardening API', () => {
  it('says how many requests there were, how fast and how wrong', async () => {
    const before = await read<Metrics>('metrics');
    for (let i = 0; i < 5; i++) await api.get('/v1/users/me', { token });
    await api.get('/v1/users/me');
    const { lastMinute, lastFiveMinutes } = await read<Metrics>('metrics');
    expect(lastMinute.requests - before.lastMinute.requests).toBe(6);
    expect(lastMinute.byStatus['4xx']! - before.lastMinute.byStatus['4xx']!).toBe(1);
    expect(lastMinute.latencyMs.p95).toBeGreaterThan(0);
    expect(lastFiveMinutes.requests).toBeGreaterThanOrEqual(lastMinute.requests);
  });

  it('does not count those who watch', async () => {
    const before = await read<Metrics>('metrics');
    await api.get('/health');
    await api.get('/console');
    const after = await read<Metrics>('metrics');
    expect(after.lastMinute.requests).toBe(before.lastMinute.requests);
  });

  it('has the past of every series at both resolutions, and no other', async () => {
    for (const [resolution, seconds] of [
      ['5s', 5],
      ['1m', 60],
    ]) {
      const history = await read<History>(`metrics/history?resolution=${resolution}`);
      expect(history.resolutionSeconds).toBe(seconds);
      expect(Object.keys(history.series)).toEqual(
        expect.arrayContaining(['requestsPerSecond', 'latencyP95Ms', 'memoryRatio', 'cpuRatio']),
      );
    }
    const { status } = await api.get('/hardening/metrics/history?resolution=1h', { token });
    expect(status).toBe(400);
  });

  it('says how the database is called and how it does', async () => {
    const isEmbedded = process.env['TEST_ENGINE'] === 'embedded';
    expect(await read('database')).toMatchObject({
      engine: process.env['TEST_ENGINE'],
      latencyMs: expect.any(Number),
      breaker: 'closed',
      // the embedded one has one connection
      pool: { ...(isEmbedded ? { max: 1, min: 1 } : { max: 20, min: 5 }), waiting: 0 },
      waiting: 0,
      limits: { callTimeoutMs: 5_000, silenceTimeoutMs: 800, statementTimeoutMs: 30_000 },
    });
  });

  it('counts the calls to the database from zero again, which is recorded', async () => {
    const before = await read<DatabaseView>('database');
    expect(before.statistics).toMatchObject({ failed: 0, successRate: 1 });
    const { status } = await api.post('/hardening/database/reset-metrics', undefined, { token });
    expect(status).toBe(204);
    const { statistics } = await read<DatabaseView>('database');
    expect(statistics.total).toBeLessThan(before.statistics.total);
    expect(Date.parse(statistics.since)).toBeGreaterThan(Date.parse(before.statistics.since));
    await expect
      .poll(async () => (await api.auditOf(token)).map(({ action }) => action), { timeout: 30_000 })
      .toContain('operations.database_metrics_reset');
  });

  it('says of each protection how it is set and what it has noticed', async () => {
    const before = await noticed('request guard', 'suspicious inputs');
    await api.post('/v1/auth/register', { email: 'a@example.com', password: 'x', name: ATTACK });
    expect(await noticed('request guard', 'suspicious inputs')).toBe(before + 1);

    const { protections, recent } = await read<Security>('security');
    expect(protections.map(({ name }) => name)).toEqual([
      'rate limits',
      'request guard',
      'origins',
      'load shedding',
      'https',
    ]);
    expect(protections[1]).toMatchObject({ state: 'on', settings: { GUARD_MODE: 'block' } });
    expect(recent[0]).toMatchObject({ action: 'security.input_suspicious' });
    expect(JSON.stringify(recent)).not.toContain(ATTACK);
  });

  it('keeps the last slow statements, and none of their values', async () => {
    const database = test.app.get(Database);
    const slowBefore = database.status.slow;
    await database.sql('SELECT $1::text, pg_sleep(0.2)', [SECRET]);
    const { slowMs, items } = await read<SlowQueries>('slow-queries');
    expect(slowMs).toBe(100);
    expect(items[0]).toMatchObject({ sql: expect.stringContaining('pg_sleep') });
    expect(items[0]!.durationMs).toBeGreaterThan(slowMs);
    expect(items[0]!.statementMs).toBeGreaterThan(slowMs);
    expect(JSON.stringify(items)).not.toContain(SECRET);
    const health = (await test.api.get<{ database: { slow: number } }>('/health')).body;
    expect(health.database.slow).toBeGreaterThan(slowBefore);
  });

  it('says what each part found', async () => {
    expect(await read('health')).toMatchObject({
      status: 'healthy',
      checks: { details: { database: { status: 'up' } } },
    });
  });

  it('shows the configuration with where it came from, and no secret', async () => {
    const { items } = await read<{ items: { name: string; value: string; source: string }[] }>(
      'config',
    );
    const byName = new Map(items.map((item) => [item.name, item]));
    expect(byName.get('NODE_ENV')).toMatchObject({ value: 'test', source: 'environment' });
    expect(byName.get('DB_POOL_MAX')).toMatchObject({ value: '20', source: 'default' });
    expect(byName.get('METRICS_TOKEN')).toMatchObject({ value: '[redacted]' });
    expect(JSON.stringify(items)).not.toContain(SECRET);
  });
});

const ATTACK = '<script>alert(document.cookie)</script>';

async function noticed(protection: string, what: string): Promise<number> {
  const { protections } = await read<Security>('security');
  return protections.find(({ name }) => name === protection)!.noticed[what]!;
}

interface Window {
  readonly requests: number;
  readonly byStatus: Record<string, number>;
  readonly latencyMs: Record<string, number | null>;
}
interface Metrics {
  readonly lastMinute: Window;
  readonly lastFiveMinutes: Window;
}
interface DatabaseView {
  readonly statistics: { readonly total: number; readonly since: string };
}
interface SlowQueries {
  readonly slowMs: number;
  readonly items: {
    readonly sql: string;
    readonly durationMs: number;
    readonly statementMs: number;
  }[];
}
interface History {
  readonly resolutionSeconds: number;
  readonly series: Record<string, (number | null)[]>;
}
interface Security {
  readonly protections: {
    readonly name: string;
    readonly state: string;
    readonly settings: Record<string, string>;
    readonly noticed: Record<string, number>;
  }[];
  readonly recent: Record<string, unknown>[];
}
