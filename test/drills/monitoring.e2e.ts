import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Api } from '../api.js';
import { dashboardExpressions, metricsIn, prometheusRules, RULES, SCRAPES } from '../monitoring.js';
import { hasPrometheus } from '../promtool.js';
import { until } from '../queue.js';
import { Services } from '../service.js';

const TOKEN = 'a-token-that-only-the-scraper-has';

/** Of what may not have happened yet; all others show something at once. */
const MAY_BE_SILENT = new Set([
  'Alerts told',
  'Guard',
  'Jobs by outcome',
  'Lines dropped',
  'Loads (p95)',
  'Oldest that waits',
  'Reads',
  'Runs (p95)',
  'Sealed after (p95)',
  'Too much load',
]);

interface Answer<T> {
  readonly status: string;
  readonly error?: string;
  readonly data: T;
}

const services = new Services();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Prometheus as docker-compose.yml runs it, on this machine and once a second. */
async function startPrometheus(target: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'aerie-prometheus-'));
  const file = join(directory, 'prometheus.yml');
  const token = join(directory, 'token');
  writeFileSync(token, TOKEN);
  const text = readFileSync(SCRAPES, 'utf8')
    .replace('/run/secrets/metrics_token', token)
    .replace('/etc/prometheus/rules.yml', resolve(RULES))
    .replace('app:3000', target)
    .replaceAll('15s', '1s');
  writeFileSync(file, text);
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  ends.push(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  });
  return `http://${address}`;
}

async function ask<T>(prometheus: string, path: string): Promise<Answer<T> | undefined> {
  const answer = await fetch(`${prometheus}/api/v1/${path}`).catch(() => undefined);
  if (!answer || answer.status === 503) return undefined; // it is starting
  return (await answer.json()) as Answer<T>;
}

/** The first value that an expression has now. */
async function valueOf(prometheus: string, expr: string): Promise<number | undefined> {
  const query = `query?query=${encodeURIComponent(expr)}`;
  const answer = await ask<{ result: { value: [number, string] }[] }>(prometheus, query);
  if (answer?.error) throw new Error(`${expr}: ${answer.error}`);
  const [first] = answer?.data.result ?? [];
  return first && Number(first.value[1]);
}

async function traffic(api: Api): Promise<void> {
  await api.get('/v1/users/me');
  await api.get('/nothing');
  await api.logIn('nobody@example.com');
}

it('dashboards and rules ask for metrics that there are', async () => {
  const service = services.start({ METRICS_TOKEN: TOKEN });
  const api = await service.ready();
  await traffic(api);
  const { body } = await api.get<string>('/metrics', { token: TOKEN });
  const there = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const asked = [...dashboardExpressions(), ...prometheusRules()].flatMap(({ expr }) =>
    metricsIn(expr),
  );
  expect(asked.length).toBeGreaterThan(50);
  expect([...new Set(asked)].filter((name) => !there.has(name))).toEqual([]);
});

it.skipIf(!hasPrometheus)(
  'a Prometheus scrapes the service, has its rules, and answers every panel',
  async () => {
    const service = services.start({ METRICS_TOKEN: TOKEN });
    const api = await service.ready();
    const prometheus = await startPrometheus(new URL(api.url).host);
    await until(async () => (await valueOf(prometheus, 'up{job="aerie"}')) === 1);
    await until(async () => {
      await traffic(api);
      return (await valueOf(prometheus, 'sum(rate(aerie_http_requests_total[1m]))'))! > 0;
    });
    const rules = await ask<{ groups: { rules: { name: string; health: string }[] }[] }>(
      prometheus,
      'rules',
    );
    const names = rules!.data.groups.flatMap((group) => group.rules.map(({ name }) => name));
    expect(names).toEqual(prometheusRules().map(({ alert }) => alert));
    for (const { expr } of prometheusRules()) await valueOf(prometheus, expr); // throws what it refuses

    for (const { panel, expr } of dashboardExpressions()) {
      if (MAY_BE_SILENT.has(panel)) await valueOf(prometheus, expr);
      else await until(async () => (await valueOf(prometheus, expr)) !== undefined);
    }

    await service.kill();
    await until(async () => (await valueOf(prometheus, 'up{job="aerie"}')) === 0);
  },
);
