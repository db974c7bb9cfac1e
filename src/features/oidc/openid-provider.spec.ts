import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Config } from '#platform/config/config';
import { ExternalServiceFailed } from '#platform/errors/problems';
import type { Log } from '#platform/logging/log';
import { fake } from '../../../test/fake.js';
import { startProvider, type TestProvider } from '../../../test/openid-provider.js';
import { OpenIdProvider } from './openid-provider.js';
import { ProviderClients } from './provider-clients.js';
import { ProviderFetch } from './provider-fetch.js';

const DISCOVERY = '/.well-known/openid-configuration';
const JSON_TYPE = { 'content-type': 'application/json' };

let there: TestProvider;
let provider: OpenIdProvider;
const error = vi.fn();
const info = vi.fn();

beforeAll(async () => {
  there = await startProvider();
});
afterAll(() => there[Symbol.asyncDispose]());
beforeEach(() => {
  there.asked.clear();
  error.mockReset();
  const config = fake<Config>({ ...there.environment, OIDC_SCOPES: 'openid email' });
  const outside = new ProviderFetch(fake<Log>({ error, info }));
  provider = new OpenIdProvider(config, new ProviderClients(config, outside));
});
afterEach(() => {
  there.fault = undefined;
  vi.useRealTimers();
});

/** Answers discovery instead of the provider. */
function discoveryIs(answer: (response: ServerResponse) => void): void {
  there.fault = ({ url }, response) => {
    if (url !== DISCOVERY) return false;
    answer(response);
    return true;
  };
}

it('is discovered once, by all who ask at once', async () => {
  await Promise.all(Array.from({ length: 20 }, () => provider.request()));
  await provider.request();
  expect(there.asked).toEqual(new Map([[DISCOVERY, 1]]));
});

it.each<[string, (response: ServerResponse) => void]>([
  ['hangs up', (response) => response.destroy()],
  ['fails', (response) => response.writeHead(500).end()],
  ['sends on', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
  ['says too much', (response) => response.writeHead(200, JSON_TYPE).end(' '.repeat(1_048_576))],
  ['says what is no JSON', (response) => response.writeHead(200, JSON_TYPE).end('<html>')],
  [
    'says that it is somebody else',
    (response) => response.writeHead(200, JSON_TYPE).end('{"issuer":"https://evil.example.com"}'),
  ],
  [
    'names no endpoints',
    (response) => response.writeHead(200, JSON_TYPE).end(JSON.stringify({ issuer: there.issuer })),
  ],
])('that %s has failed, and is asked anew the next time', async (_what, answer) => {
  discoveryIs(answer);
  await expect(provider.request()).rejects.toMatchObject({
    slug: 'external-service',
    options: { retryAfterSeconds: 5 },
  });
  expect([...there.asked.keys()]).toEqual([DISCOVERY]);
});

it('that has recovered is asked again, though what it said had failed', async () => {
  discoveryIs((response) => response.destroy());
  await expect(provider.request()).rejects.toThrow(ExternalServiceFailed);
  there.fault = undefined;
  expect((await provider.request()).authorizationUrl).toContain(there.issuer);
});

it('is left alone after five failures in a row, and asked again by itself', async () => {
  discoveryIs((response) => response.destroy());
  for (let i = 0; i < 5; i++) {
    await expect(provider.request()).rejects.toThrow(ExternalServiceFailed);
  }
  expect(error).toHaveBeenCalledExactlyOnceWith('the OpenID provider is out of order');
  await expect(provider.request()).rejects.toThrow(ExternalServiceFailed);
  expect(there.asked.get(DISCOVERY)).toBe(5);

  there.fault = undefined;
  const request = () => provider.request().catch(() => null);
  await vi.waitUntil(request, { timeout: 60_000, interval: 100 });
  expect(info).toHaveBeenCalledExactlyOnceWith('the OpenID provider works again');
});

it('is remembered for what it said before, while it is asked again in the background', async () => {
  await provider.request();
  discoveryIs((response) => response.destroy());
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 });
  expect((await provider.request()).authorizationUrl).toContain(there.issuer);
  await vi.waitUntil(() => there.asked.get(DISCOVERY) === 2, { timeout: 60_000 });
  expect((await provider.request()).authorizationUrl).toContain(there.issuer);
});
