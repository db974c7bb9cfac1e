import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { exchange } from '../raw-http.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, '1']));

type Send = (test: TestApp, headers?: Record<string, string>) => Promise<{ status: number }>;
const get =
  (path: string, own = {}): Send =>
  ({ api }, headers) =>
    api.get(path, { headers: { ...headers, ...own } });
const post =
  (raw: string, own: Record<string, string> = JSON_TYPE): Send =>
  ({ api }, headers) =>
    api.post('/v1/auth/login', undefined, { raw, headers: { ...headers, ...own } });

const nothing = get('/v1/nothing');
const me = get('/v1/users/me');

const REFUSALS: [number, string, Send][] = [
  [404, 'a path that is not there', nothing],
  [404, 'a path below a route of probes', get('/health/nothing')],
  [
    405,
    'another method',
    ({ api }, headers) => api.request('PUT', '/ping', undefined, { headers }),
  ],
  [400, 'a URL that cannot be decoded', get('/v1/%E0%A4%A')],
  [414, 'an endless URL', get(`/${'a'.repeat(8_192)}`)],
  [431, 'a heap of headers', get('/v1/users/me', many)],
  [415, 'another content type', post('{}', { 'content-type': 'text/xml' })],
  [415, 'another charset', post('{}', { 'content-type': 'application/json; charset=utf-16' })],
  [400, 'malformed JSON', post('{')],
  [413, 'a body that is too large', post(`"${'x'.repeat(1_100_000)}"`)],
];

describe('what is refused before it gets to a route', () => {
  /** Three calls an address; each test has addresses of its own. */
  let shared: TestApp;
  beforeAll(async () => {
    shared = await startApp({ TRUST_PROXY: '1', RATE_LIMIT_API: '3/15m' });
  });
  afterAll(() => shared[Symbol.asyncDispose]());
  let addresses = 0;
  const newAddress = () => ({ 'x-forwarded-for': `203.0.113.${++addresses}` });

  it('counts against the address: the hundred and first path that is not there is a 429', async () => {
    await using test = await startApp({ RATE_LIMIT_API: '' });
    for (let i = 1; i <= 100; i++) {
      const { status, headers } = await test.api.get(`/v1/nothing-${i}`);
      expect(status).toBe(404);
      expect(headers.get('ratelimit-policy')).toBe('"api";q=100;w=900');
      expect(headers.get('x-ratelimit-remaining')).toBe(String(100 - i));
    }
    const { status, headers, body } = await test.api.get('/v1/nothing-101');
    expect(status).toBe(429);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(800);
    expect(headers.get('ratelimit')).toMatch(/^"api";r=0;t=\d+$/);
    expect(body).toMatchObject({ type: '/docs/problems/rate-limit', status: 429 });
    expect(body['requestId']).toBe(headers.get('x-request-id'));
    // it is one allowance, so that who searches gets nowhere else either
    expect((await me(test)).status).toBe(429);
    expect((await get('/ping')(test)).status).toBe(200);
  });

  it.each(REFUSALS)('%i, %s: counts like any other call', async (status, _what, send) => {
    const from = newAddress();
    for (let i = 0; i < 3; i++) expect((await send(shared, from)).status).toBe(status);
    expect((await send(shared, from)).status).toBe(429);
    expect((await me(shared, from)).status).toBe(429);
    expect((await send(shared, newAddress())).status).toBe(status);
  });

  it('is counted once, by the route’s own tier when it got there', async () => {
    const from = newAddress();
    for (let i = 0; i < 9; i++) expect((await post('{"email":1}')(shared, from)).status).toBe(400);
    for (let i = 0; i < 3; i++) expect((await me(shared, from)).status).toBe(401);
    expect((await me(shared, from)).status).toBe(429);
  });

  it('keeps its place among the answers of a connection', async () => {
    const { 'x-forwarded-for': address } = newAddress();
    const line = (path: string, last = '') =>
      `GET ${path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: ${address}\r\n${last}\r\n`;
    const bytes = ['/a', '/b%', '/c', '/d'].map((path) => line(path)).join('');
    const { statuses } = await exchange(
      shared.api.url,
      bytes + line('/e', 'connection: close\r\n'),
    );
    expect(statuses).toEqual([404, 400, 404, 429, 429]);
  });

  it('spares administrators, and waits like everything of its tier', async () => {
    await using test = await startApp({ RATE_LIMIT_API: '2/15m', SLOWDOWN_AFTER: '1' });
    const { accessToken } = await test.logInAdmin();
    const authorization = { authorization: `Bearer ${accessToken}` };
    for (let i = 0; i < 5; i++) expect((await nothing(test, authorization)).status).toBe(404);

    await using other = await startApp({ RATE_LIMIT_API: '100/15m', SLOWDOWN_AFTER: '1' });
    await nothing(other);
    const start = performance.now();
    await nothing(other);
    expect(performance.now() - start).toBeGreaterThanOrEqual(98);
  });

  it('a violation is recorded once', async () => {
    await using test = await startApp({ RATE_LIMIT_API: '1/15m' });
    for (let i = 0; i < 5; i++) await nothing(test);
    const { accessToken } = await test.logInAdmin();
    await expect
      .poll(() => test.api.auditOf(accessToken, '&action=security.rate_limited'))
      .toMatchObject([{ metadata: { tier: 'api', limit: 1, route: '' } }]);
  });
});
