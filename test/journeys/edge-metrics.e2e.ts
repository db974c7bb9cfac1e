import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { exchange } from '../raw-http.js';

let test: TestApp;
beforeAll(async () => {
  test = await startApp({ GUARD_CLIENT_SCORE: '24', METRICS_TOKEN: TOKEN });
});
afterAll(() => test[Symbol.asyncDispose]());

const TOKEN = 'metrics-token-of-the-tests';
const ATTACK = `/docs/problems?q=${encodeURIComponent("x' OR 1=1 --")}`;

async function valueOf(series: string): Promise<number | undefined> {
  const { body } = await test.api.get<string>('/metrics', { token: TOKEN });
  const line = body.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

describe('what the edge does is counted:', () => {
  it('decisions of the limits, by tier', async () => {
    const series = 'aerie_rate_limit_decisions_total{tier="static",outcome="allowed"}';
    const before = (await valueOf(series)) ?? 0;
    await test.api.get('/docs/problems');
    expect(await valueOf(series)).toBeGreaterThan(before);
  });

  it('pages of origins that are not on the list', async () => {
    const before = (await valueOf('aerie_refused_origins_total')) ?? 0;
    await test.api.get('/ping', { headers: { origin: 'https://evil.example' } });
    expect(await valueOf('aerie_refused_origins_total')).toBe(before + 1);
  });

  it.each([
    ['malformed', 'HELLO WORLD\r\n\r\n'],
    ['tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['headers_too_large', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('what is no request, by what was wrong with it: %s', async (reason, bytes) => {
    await exchange(test.api.url, bytes);
    expect(await valueOf(`aerie_raw_refusals_total{reason="${reason}"}`)).toBe(1);
  });

  it('findings of the guard, by family, and the clients that it refuses', async () => {
    for (let i = 0; i < 3; i++) expect((await test.api.get(ATTACK)).status).toBe(403);
    const findings = 'aerie_guard_findings_total{family="sql-injection",action="block"}';
    expect(await valueOf(findings)).toBe(3);
    expect(await valueOf('aerie_guard_blocked_clients')).toBe(1);
  });
});
