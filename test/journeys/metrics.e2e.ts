import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Load } from '#edge/transport/load';
import { Metrics } from '#platform/telemetry/metrics';
import { Monitor } from '#platform/telemetry/monitor';
import type { Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { hasPromtool, promtool } from '../promtool.js';
import { until } from '../queue.js';

const TOKEN = 'a token that only the scraper has'.replaceAll(' ', '-');

let test: TestApp;
let api: Api;
beforeAll(async () => {
  test = await startApp({ METRICS_TOKEN: TOKEN });
  api = test.api;
});
afterAll(() => test[Symbol.asyncDispose]());

const scrape = async (from = api) => (await from.get<string>('/metrics', { token: TOKEN })).body;

/** The value of the line that begins with the name and holds each of the labels. */
function valueOf(text: string, name: string, ...labels: string[]): number | undefined {
  const line = text
    .split('\n')
    .find(
      (each) =>
        /[{ ]/.test(each[name.length] ?? '') &&
        each.startsWith(name) &&
        labels.every((label) => each.includes(label)),
    );
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('aerie_http_'));
}

describe('metrics', () => {
  it.skipIf(!hasPromtool)('are clean by promtool, after traffic of every kind', async () => {
    await api.get('/ping');
    await api.get('/nothing');
    await api.logIn('nobody@example.com');
    expect(promtool(['check', 'metrics'], await scrape())).toEqual({ status: 0, said: '' });
  });

  it('count requests by method, route template and status, and time them', async () => {
    const count = ['method="GET"', 'route="/v1/auth/sessions"', 'status="401"'];
    const before = valueOf(await scrape(), 'aerie_http_requests_total', ...count) ?? 0;
    await api.get('/v1/auth/sessions?page=1');
    await api.get('/v1/auth/sessions');
    const text = await scrape();
    expect(valueOf(text, 'aerie_http_requests_total', ...count)).toBe(before + 2);
    const labels = ['method="GET"', 'route="/v1/auth/sessions"', 'status_class="4xx"'];
    const name = 'aerie_http_request_duration_seconds';
    expect(valueOf(text, `${name}_count`, ...labels)).toBe(before + 2);
    expect(valueOf(text, `${name}_bucket`, 'le="+Inf"', ...labels)).toBe(before + 2);
    expect(valueOf(text, `${name}_sum`, ...labels)).toBeGreaterThan(0);
  });

  it('give unknown paths and methods one label each, however many come', async () => {
    await api.get('/nothing/at/all');
    await api.request('PROPFIND', '/');
    const before = linesOf(await scrape()).length;
    for (let i = 0; i < 50; i++) await api.get(`/nothing/${i}`);
    const after = await scrape();
    expect(linesOf(after)).toHaveLength(before);
    expect(after).not.toMatch(/nothing|PROPFIND/);
    expect(
      valueOf(after, 'aerie_http_requests_total', 'route="unmatched"', 'status="404"'),
    ).toBeGreaterThan(50);
  });

  it('count a client that leaves before its answer, and hold nothing in flight for it', async () => {
    const { hostname, port } = new URL(api.url);
    const gone = async () =>
      valueOf(await scrape(), 'aerie_http_requests_total', 'status="499"') ?? 0;
    const before = await gone();
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
    );
    await until(async () => valueOf(await scrape(), 'aerie_http_requests_in_flight')! > 1);
    socket.destroy();
    await until(async () => (await gone()) === before + 1);
    expect(valueOf(await scrape(), 'aerie_http_requests_in_flight')).toBe(1); // the scrape itself
  });

  it('time what is asked of the database, and show its pool', async () => {
    const ok = ['kind="write"', 'outcome="ok"'];
    const name = 'aerie_database_query_duration_seconds_count';
    const before = valueOf(await scrape(), name, ...ok)!;
    await api.register('timed@example.com');
    const text = await scrape();
    expect(valueOf(text, name, ...ok)).toBeGreaterThan(before);
    expect(valueOf(text, name, 'kind="read"', 'outcome="failed"')).toBe(0);
    expect(valueOf(text, 'aerie_database_connections', 'state="open"')).toBeGreaterThan(0);
    expect(valueOf(text, 'aerie_database_waiting_calls')).toBeDefined();
  });

  it('say how the process does', async () => {
    const text = await scrape();
    expect(valueOf(text, 'aerie_build_info', 'version="0.1.0"', `node="${process.version}"`)).toBe(
      1,
    );
    for (const name of [
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'process_open_fds',
      'process_start_time_seconds',
      'nodejs_heap_size_used_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ]) {
      expect(valueOf(text, name)).toBeGreaterThan(0);
    }
    expect(text).toMatch(/^nodejs_gc_duration_seconds_count/m);
  });
});

describe('a scraper', () => {
  it('is let in by the token alone', async () => {
    expect((await api.get('/metrics', { token: TOKEN })).status).toBe(200);
    for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, TOKEN, `Basic ${TOKEN}`]) {
      const { status } = await api.get('/metrics', { headers: { authorization } });
      expect(status).toBe(401);
    }
  });

  it('is refused without one, wherever it says it comes from', async () => {
    for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded']) {
      const headers = { [header]: header === 'forwarded' ? 'for=127.0.0.1' : '127.0.0.1' };
      expect((await api.get('/metrics', { headers })).status).toBe(401);
    }
  });

  it('may be an administrator, and no other account', async () => {
    const { accessToken: admin } = await test.logInAdmin();
    expect((await api.get('/metrics', { token: admin })).status).toBe(200);
    const { accessToken: user } = await api.join('scraper@example.com');
    expect((await api.get('/metrics', { token: user })).status).toBe(403);
  });

  it('is answered under too much load', async () => {
    const { bounds } = test.app.get(Load);
    const tooLate = { eventLoopDelayMs: 60_000, rssBytes: 0, heapShare: 0 };
    for (let i = 0; i < 2; i++) bounds.sample(tooLate);
    expect((await api.get('/v1/users/me')).status).toBe(503);
    expect((await api.get('/metrics', { token: TOKEN })).status).toBe(200);
    bounds.sample({ ...tooLate, eventLoopDelayMs: 0 });
  });

  describe('from an allowed network', () => {
    let open: TestApp;
    beforeAll(async () => {
      open = await startApp({ METRICS_ALLOW: '127.0.0.0/8,::1', TRUST_PROXY: '1' });
    });
    afterAll(() => open[Symbol.asyncDispose]());

    it('needs no token', async () => {
      expect((await open.api.get('/metrics')).status).toBe(200);
    });

    it('does when it comes through a proxy, which speaks for everybody', async () => {
      for (const address of ['203.0.113.7', '127.0.0.1', '']) {
        const headers = { 'x-forwarded-for': address };
        expect((await open.api.get('/metrics', { headers })).status).toBe(401);
      }
    });

    it('cannot come from a network that is not listed', async () => {
      await using closed = await startApp({ METRICS_ALLOW: '10.0.0.0/8' });
      expect((await closed.api.get('/metrics')).status).toBe(401);
    });
  });
});

describe('the monitor', () => {
  it('sees requests, and not those of probes and scrapers', async () => {
    const monitor = test.app.get(Monitor);
    const before = monitor.snapshot(60).requests;
    for (const path of ['/ping', '/health', '/health/live', '/metrics']) await api.get(path);
    expect(monitor.snapshot(60).requests).toBe(before);
    await api.get('/v1/users/me');
    await api.get('/nothing');
    await until(() => monitor.snapshot(60).requests === before + 2);
    const { byStatus, latencyMs } = monitor.snapshot(60);
    expect(byStatus['4xx']).toBeGreaterThanOrEqual(2);
    expect(latencyMs.p50).toBeGreaterThan(0);
  });
});

it('every metric has a prefix that says whose it is', () => {
  const names = test.app
    .get(Metrics)
    .registry.getMetricsAsArray()
    .map(({ name }) => name);
  expect(names.filter((name) => !/^(aerie|process|nodejs)_/.test(name))).toEqual([]);
});
