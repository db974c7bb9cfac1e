import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { UnprocessableEntityException } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Config } from '#platform/config/config';
import { RateLimitGuard } from '#edge/rate-limit/rate-limit.guard';
import { Load } from '#edge/transport/load';
import { RegistrationService } from '#features/auth/registration.service';
import { Conflict, DatabaseUnavailable, ExternalServiceFailed } from '#platform/errors/problems';
import { confirmReady } from '#platform/lifecycle/listen';
import { Lifecycle } from '#platform/lifecycle/lifecycle';
import { Log } from '#platform/logging/log';
import { PASSWORD, type Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { recorded } from '../trail.js';
import { exchange as exchangeWith } from '../raw-http.js';

const ORIGINS = 'https://app.example.com,https://*.shop.example';
const REQUEST_TIMEOUT_MS = 1_000;

let test: TestApp;
let api: Api;
beforeAll(async () => {
  test = await startApp({
    CORS_ORIGINS: ORIGINS,
    REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    TRUST_PROXY: '127.0.0.1',
    HTTPS_REDIRECT: 'true',
  });
  api = test.api;
});
afterAll(() => test[Symbol.asyncDispose]());

const exchange = (bytes: string) => exchangeWith(api.url, bytes);

const post = (headers: string, body = '') =>
  `POST /v1/auth/login HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n${body}`;

const BODY = JSON.stringify({ email: 'nobody@example.com', password: PASSWORD });
const JSON_HEADERS = `content-type: application/json\r\ncontent-length: ${BODY.length}\r\n`;

const refusedOrigins = async () => {
  const found = await recorded(test, { action: 'security.origin_refused' });
  return found.map(({ metadata }) => (metadata as { origin: string }).origin);
};

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, '1']));

const ask = async (path: string, headers: Record<string, string>) => {
  const answer = await fetch(api.url + path, { redirect: 'manual', headers });
  return [answer.status, answer.headers.get('location')];
};

const keepAlive = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

const GET = (path: string, headers = '') =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`;

describe('an origin', () => {
  it.each(['https://app.example.com', 'https://eu.shop.example'])(
    'of the list may call: %s',
    async (origin) => {
      const { headers } = await api.get('/v1/users/me', { headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('vary')).toContain('Origin');
      const preflight = await api.request('OPTIONS', '/v1/users/me', undefined, {
        headers: { origin, 'access-control-request-method': 'DELETE' },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
      expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE');
      expect(preflight.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it.each([
    'null',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'https://evilapp.example.com',
    'https://APP.example.com',
    'https://evil.example/.shop.example',
  ])('off the list gets no CORS header at all: %s', async (origin) => {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers, status } = await api.request(method, '/v1/users/me', undefined, {
        headers: { origin, 'access-control-request-method': 'GET' },
      });
      expect(status).toBe(method === 'GET' ? 401 : 405);
      const names = [...headers.keys()].filter((name) => name.startsWith('access-control'));
      expect(names).toEqual([]);
    }
  });

  it('off the list is recorded once a minute, and our own is not', async () => {
    for (let i = 0; i < 3; i++) {
      await api.get('/ping', { headers: { origin: 'https://recorded.example' } });
      await api.get('/ping', { headers: { origin: api.url } });
    }
    await expect
      .poll(async () => (await refusedOrigins()).filter((o) => o === 'https://recorded.example'))
      .toHaveLength(1);
    expect(await refusedOrigins()).not.toContain(api.url);
  });
});

describe('the head of a request', () => {
  it('414 for a URL over 8 KB', async () => {
    expect((await api.get(`/v1/users/me?q=${'a'.repeat(8_170)}`)).status).toBe(401);
    expect((await api.get(`/v1/users/me?q=${'a'.repeat(8_192)}`)).status).toBe(414);
  });

  it('431 for more than a hundred headers, or 16 KB of them', async () => {
    expect((await api.get('/v1/users/me', { headers: many(85) })).status).toBe(401);
    expect((await api.get('/v1/users/me', { headers: many(101) })).status).toBe(431);
    const { text } = await exchange(post(`x-big: ${'a'.repeat(17_000)}\r\n`));
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
  });

  it.each([
    ['no content type', `content-length: ${BODY.length}\r\n`],
    ['another content type', `content-type: text/xml\r\ncontent-length: ${BODY.length}\r\n`],
    ['UTF-16', JSON_HEADERS.replace('json', 'json; charset=utf-16')],
    ['Latin 1', JSON_HEADERS.replace('json', 'json;Charset="ISO-8859-1"')],
    ['gzip', `${JSON_HEADERS}content-encoding: gzip\r\n`],
    ['br after identity', `${JSON_HEADERS}content-encoding: identity, br\r\n`],
  ])('415 for %s', async (_what, headers) => {
    const { text } = await exchange(post(headers, BODY));
    expect(text).toMatch(/^HTTP\/1\.1 415 /);
    expect(text).toContain('/docs/problems/media-type');
  });

  it('takes UTF-8 by name, in any case', async () => {
    const headers = JSON_HEADERS.replace('json', 'json; charset="UTF-8"');
    expect((await exchange(post(headers, BODY))).text).toMatch(/^HTTP\/1\.1 401 /);
  });

  it.each([
    ['both lengths', `${JSON_HEADERS}transfer-encoding: chunked\r\n`],
    ['two lengths', `${JSON_HEADERS}content-length: 3\r\n`],
    ['a hidden chunked', `${JSON_HEADERS}transfer-encoding: xchunked\r\n`],
    ['a negative length', 'content-type: application/json\r\ncontent-length: -1\r\n'],
  ])('400 for %s, as smugglers send', async (_what, headers) => {
    expect((await exchange(post(headers, BODY))).text).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a slow client', () => {
  const limitMs = REQUEST_TIMEOUT_MS * 1.25 + 1_000; // and the noise of the machine

  it.each([
    ['half a header', 'POST /v1/auth/login HTTP/1.1\r\nhost: x\r\nx-half'],
    ['half a body', post(JSON_HEADERS, BODY.slice(0, 10))],
    [
      'half a chunk',
      post('content-type: application/json\r\ntransfer-encoding: chunked\r\n', '5\r\n{'),
    ],
  ])('with %s is cut off in time', async (_what, bytes) => {
    const { text, tookMs } = await exchange(bytes);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(tookMs).toBeGreaterThan(REQUEST_TIMEOUT_MS * 0.9);
    expect(tookMs).toBeLessThan(limitMs);
  });

  it('has at most 30 s by default', async () => {
    await using other = await startApp();
    const server = other.app.getHttpServer() as unknown as Record<string, number>;
    expect(server['headersTimeout']! + server['connectionsCheckingInterval']!).toBeLessThan(30_000);
    expect(other.app.get(Config).REQUEST_TIMEOUT_MS).toBeLessThan(30_000); // of bodies
  });
});

describe('bodies that never arrive whole', () => {
  it.each([
    ['an address', () => '198.51.100.7'],
    ['an IPv6 network, which a home has one of', (i: number) => `2001:db8::${i.toString(16)}`],
  ])('are a hundred of %s at most, and take nobody’s place', async (_whose, addressOf) => {
    await using other = await startApp({ TRUST_PROXY: '127.0.0.1' });
    const { hostname, port } = new URL(other.api.url);
    const load = other.app.get(Load);
    const half = (i: number) =>
      post(`${JSON_HEADERS}x-forwarded-for: ${addressOf(i)}\r\n`, BODY.slice(0, 10));
    const answers: string[] = [];
    const sockets = Array.from({ length: 120 }, (_, i) => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.on('data', (data) => void answers.push(data.toString().slice(0, 12)));
      socket.write(half(i));
      return socket;
    });
    try {
      await expect.poll(() => answers).toEqual(Array.from({ length: 20 }, () => 'HTTP/1.1 429'));
      expect(load.underWay).toBe(0);
      expect((await other.api.get('/v1/users/me')).status).toBe(401);
      const body = { email: 'nobody@example.com', password: PASSWORD };
      const logInFrom = (address: string) =>
        other.api.request<unknown>('POST', '/v1/auth/login', body, {
          headers: { 'x-forwarded-for': address },
        });
      expect((await logInFrom(addressOf(120))).status).toBe(429);
      expect((await logInFrom('203.0.113.9')).status).toBe(401);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    await expect.poll(async () => (await other.api.logIn('nobody@example.com')).status).toBe(401);
    expect(load.underWay).toBe(0);
  });
});

describe('too much load', () => {
  it('503 with Retry-After at once for new work, while probes are answered', async () => {
    const excess = vi.spyOn(test.app.get(Load), 'excess', 'get').mockReturnValue('event loop');
    try {
      const refused = await api.get('/v1/users/me');
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('2');
      expect(refused.body).toMatchObject({ type: '/docs/problems/overloaded' });
      const [id, policy] = ['x-request-id', 'content-security-policy'].map((name) =>
        refused.headers.get(name),
      );
      expect(refused.body).toMatchObject({ requestId: id, instance: '/v1/users/me' });
      expect(policy).toBeTruthy();
      // no line for each, which would cost as much as what is refused: one, with their number
      expect(test.lines.filter(({ requestId }) => requestId === id)).toEqual([]);
      expect(test.lines).toContainEqual(
        expect.objectContaining({ msg: 'too much to do: new requests are refused', refused: 1 }),
      );
      // a page of another origin may read it too
      const page = await api.get('/v1/users/me', {
        headers: { origin: 'https://app.example.com' },
      });
      expect(page.status).toBe(503);
      expect(page.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
      for (const path of ['/ping', '/health', '/health/live', '/health/ready']) {
        expect((await api.get(path)).status).toBe(200);
      }
    } finally {
      excess.mockRestore();
    }
    expect((await api.get('/v1/users/me')).status).toBe(401);
  });

  it('in one turn of the event loop does not keep a probe waiting: few are let in to each', async () => {
    const { hostname, port } = new URL(api.url);
    const crowd = await Promise.all(
      Array.from({ length: 61 }, () => openTo(Number(port), hostname)),
    );
    let begun = 0;
    const work = vi.spyOn(test.app.get(RateLimitGuard), 'canActivate').mockImplementation(() => {
      begun++;
      const until = performance.now() + 3;
      while (performance.now() < until);
      return Promise.resolve(true);
    });
    try {
      for (const socket of crowd.slice(1)) socket.write(keepAlive('/v1/users/me'));
      crowd[0]!.write(keepAlive('/ping'));
      await once(crowd[0]!, 'data');
      expect(begun).toBeLessThan(40);
      await expect.poll(() => begun).toBe(61);
    } finally {
      work.mockRestore();
      for (const socket of crowd) socket.destroy();
    }
  });
});

/** A connection that the service has taken, and answered on. */
async function openTo(port: number, host: string): Promise<Socket> {
  const socket = connect(port, host).on('error', () => undefined);
  socket.write(keepAlive('/ping'));
  await once(socket, 'data');
  return socket;
}

describe('plain http', () => {
  it('behind a trusted proxy is sent on to https', async () => {
    const plain = { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'api.example.com' };
    expect(await ask('/v1/users/me?a=1', plain)).toEqual([
      308,
      'https://api.example.com/v1/users/me?a=1',
    ]);
    expect(await ask('/v1/users/me', { 'x-forwarded-proto': 'https' })).toEqual([401, null]);
  });

  it('is answered to probes, and where no proxy says anything', async () => {
    expect(await ask('/health/live', { 'x-forwarded-proto': 'http' })).toEqual([200, null]);
    expect(await ask('/v1/users/me', {})).toEqual([401, null]);
  });

  it('is answered when nobody vouches for the proxy', async () => {
    await using other = await startApp({ TRUST_PROXY: '10.0.0.0/8', HTTPS_REDIRECT: 'true' });
    const headers = { 'x-forwarded-proto': 'http' };
    expect((await other.api.get('/v1/users/me', { headers })).status).toBe(401);
  });
});

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy':
    'accelerometer=(), autoplay=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

describe('every answer has the security headers', () => {
  const big = 'content-type: application/json\r\ncontent-length: 10000000\r\n';
  const register = JSON.stringify({ email: 'headers@example.com', password: PASSWORD });
  const registerHead = `POST /v1/auth/register HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${register.length}\r\n\r\n`;
  const preflight = 'origin: https://app.example.com\r\naccess-control-request-method: GET\r\n';

  it.each([
    [200, GET('/health/live')],
    [202, registerHead + register],
    [204, GET('/v1/users', preflight).replace('GET', 'OPTIONS')],
    [308, GET('/v1/users', 'x-forwarded-proto: http\r\n')],
    [400, post(JSON_HEADERS, BODY.replace('"', 'x'))],
    [400, GET('/v1/%E0%A4%A')],
    [400, 'HELLO WORLD\r\n\r\n'],
    [401, GET('/v1/users/me')],
    [404, GET('/nothing')],
    [405, GET('/v1/auth/login')],
    [408, post(JSON_HEADERS, '{')],
    [413, post(big, '{')],
    [414, GET(`/${'a'.repeat(8_192)}`)],
    [415, post(JSON_HEADERS.replace('json', 'xml'), BODY)],
    [417, post(`expect: a miracle\r\n${JSON_HEADERS}`, BODY)],
    [431, GET('/', 'x: y\r\n'.repeat(101))],
    [431, GET('/', `x: ${'y'.repeat(17_000)}\r\n`)],
  ])('%i', async (status, bytes) => {
    const { statuses, headers } = await exchange(bytes);
    expect(statuses).toEqual([status]);
    expect(headers).toMatchObject(SECURITY_HEADERS);
    expect(headers['x-request-id']).toMatch(/^[\w-]{36}$/);
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('403, 429, 503', async () => {
    await using other = await startApp({ RATE_LIMIT_AUTH: '2/15m' });
    const { accessToken: token } = await other.api.join('headers@example.com');
    const forbidden = await other.api.get('/v1/audit', { token });
    const limited = await other.api.logIn('headers@example.com');
    other.app.get(Lifecycle).enter('closing');
    const closing = await other.api.get('/v1/users/me');
    for (const [answer, status] of [
      [forbidden, 403],
      [limited, 429],
      [closing, 503],
    ] as const) {
      expect(answer.status).toBe(status);
      expect(Object.fromEntries(answer.headers)).toMatchObject(SECURITY_HEADERS);
    }
  });

  it.each([
    ['409', new Conflict()],
    ['422', new UnprocessableEntityException()],
    ['500', new Error('a bug')],
    ['502', new ExternalServiceFailed()],
    ['503', new DatabaseUnavailable({ retryAfterSeconds: 1 })],
  ])('%s', async (status, thrown) => {
    const failing = vi
      .spyOn(test.app.get(RegistrationService), 'register')
      .mockRejectedValueOnce(thrown);
    const answer = await api.register('failing@example.com');
    failing.mockRestore();
    expect(String(answer.status)).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject(SECURITY_HEADERS);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) {
  process.stderr.write('skipped: https without a proxy, no openssl to make a certificate with\n');
  if (process.env['CI'] === 'true') throw new Error('CI skips nothing: no openssl');
}

// Node cannot make a certificate by itself
describe.skipIf(!hasOpenssl)('https without a proxy', () => {
  it('is served by TLS 1.2 and up, and health answers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aerie-tls-'));
    const [key, cert] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
    const subject = ['-subj', '/CN=localhost', '-days', '1', '-keyout', key, '-out', cert];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject], { stdio: 'ignore' });
    try {
      await using other = await startApp({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key });
      expect(other.api.url).toMatch(/^https:/);
      await confirmReady(other.api.url, other.app.get(Lifecycle), other.app.get(Log));
      const status = await new Promise((resolve) =>
        get(`${other.api.url}/v1/users/me`, { rejectUnauthorized: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }),
      );
      expect(status).toBe(401);
      const port = Number(new URL(other.api.url).port);
      const handshake = (maxVersion: 'TLSv1.1' | 'TLSv1.2') =>
        new Promise((resolve) => {
          const options = { port, rejectUnauthorized: false, minVersion: 'TLSv1' as const };
          const ciphers = 'DEFAULT@SECLEVEL=0';
          const socket = connectTls({ ...options, ciphers, maxVersion }, () => {
            resolve(socket.getProtocol());
            socket.destroy();
          });
          socket.on('error', () => resolve('refused'));
        });
      expect(await handshake('TLSv1.1')).toBe('refused');
      expect(await handshake('TLSv1.2')).toBe('TLSv1.2');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
