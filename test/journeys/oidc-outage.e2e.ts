import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { OIDC, OidcBrowser } from '../oidc-browser.js';
import { startProvider, type TestProvider } from '../openid-provider.js';

function expectOutage({ status, body, headers }: Answer): void {
  expect([status, body['type']]).toEqual([502, '/docs/problems/external-service']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

describe('a provider that is out of order', () => {
  let provider: TestProvider;
  let test: TestApp;
  beforeAll(async () => {
    provider = await startProvider();
    provider.people.set('ada', { email: 'ada@example.com', email_verified: true });
    test = await startApp(provider.environment);
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });
  afterEach(() => {
    provider.fault = undefined;
  });

  const browser = () => new OidcBrowser(test.api, provider);

  /** What becomes of a callback when the provider answers so to one of its paths. */
  async function callbackWhile(path: string, answer: (response: ServerResponse) => void) {
    const ada = browser();
    const back = await ada.visit('ada');
    provider.fault = ({ url }, response) => {
      if (url !== path) return false;
      answer(response);
      return true;
    };
    return ada.post('/callback', back);
  }

  it.each<[string, string, (response: ServerResponse) => void]>([
    ['has no keys', '/jwks', (response) => response.writeHead(404).end()],
    ['fails', '/token', (response) => response.writeHead(503).end()],
    ['sends the code on', '/token', (r) => r.writeHead(307, { location: '/elsewhere' }).end()],
    ['says too much', '/token', (response) => response.end('x'.repeat(1_048_576))],
    [
      'does not know us',
      '/token',
      (response) =>
        response
          .writeHead(401, { 'content-type': 'application/json' })
          .end('{"error":"invalid_client"}'),
    ],
  ])(
    'that %s is a 502 with Retry-After, and all is well when it is over',
    async (_what, path, answer) => {
      expectOutage(await callbackWhile(path, answer));
      expect(provider.asked.has('/elsewhere')).toBe(false);
      provider.fault = undefined;
      expect((await browser().signIn('ada')).status).toBe(200);
    },
  );

  it('keeps nobody waiting who says nothing, and nothing else meanwhile', async () => {
    const silent: ServerResponse[] = [];
    const start = Date.now();
    const callback = callbackWhile('/token', (response) => void silent.push(response));
    await vi.waitUntil(() => silent.length > 0, { timeout: 60_000 });
    expect((await test.api.get('/ping')).status).toBe(200);
    expect((await test.logInAdmin()).accessToken).toBeTypeOf('string');
    expectOutage(await callback);
    expect(Date.now() - start).toBeLessThan(30_000); // five seconds, on a machine that has time
    for (const response of silent) response.destroy();
  });

  it('leaves neither code nor token in the log', async () => {
    const ada = browser();
    const back = await ada.visit('ada');
    provider.fault = ({ url }, response) => {
      if (url !== '/token') return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"access_token":"token-that-is-secret","id_token":7}');
      return true;
    };
    expect((await ada.post('/callback', back)).status).toBe(401);
    const log = JSON.stringify(test.lines);
    for (const secret of [back.code, back.state, 'token-that-is-secret']) {
      expect(log).not.toContain(secret);
    }
  });
});

it('is not needed to start the service', async () => {
  const gone = await startProvider();
  await gone[Symbol.asyncDispose]();
  await using test = await startApp(gone.environment);
  expect((await test.api.get('/health/ready')).status).toBe(200);
  expectOutage(await test.api.post(`${OIDC}/start`));
});

it('is off without a configuration, and says so', async () => {
  await using test = await startApp();
  const { accessToken: token } = await test.logInAdmin();
  const calls: [string, string][] = [
    ['POST', '/start'],
    ['POST', '/callback'],
    ['POST', '/link'],
    ['POST', '/link/callback'],
    ['GET', '/identities'],
    ['DELETE', '/identities/x'],
  ];
  for (const [method, path] of calls) {
    const body = method === 'POST' ? {} : undefined;
    const answer = await test.api.request(method, OIDC + path, body, { token });
    expect(answer).toMatchObject({ status: 404, body: { type: '/docs/problems/oidc-off' } });
  }
  expect((await test.api.get('/docs/problems/oidc-off')).status).toBe(200);
});
