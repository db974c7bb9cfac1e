import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { UsersService } from '#features/users/users.service';
import { Database } from '#platform/database/database';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { ADMIN, startApp, type TestApp } from '../app.js';
import { PASSWORD, type Tokens } from '../api.js';
import { AuthenticatorApp } from '../authenticator-app.js';
import { bodyOf, Canaries, readableBy, type ApiDocument, type Operation } from '../canaries.js';
import { secretTo } from '../outbox.js';
import { servedRoutes } from '../served-routes.js';

const document = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
) as ApiDocument;

const canaries = new Canaries();
const statuses = new Set<number>();
const problems: string[] = [];
let directory: string;
let test: TestApp;
let user: Tokens;
let admin: Tokens;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'aerie-logs-'));
  test = await startApp({ LOG_DIR: directory, LOG_LEVEL: 'debug', GUARD_CLIENT_SCORE: '100000' });
  canaries.add('the administrator’s password', ADMIN.password);
  canaries.add('a password', PASSWORD);
  user = tokensOf(await test.api.join('ada@example.com'));
  admin = tokensOf(await test.logInAdmin());
  canaries.add('a one-time token', await secretTo(test.app, 'ada@example.com'));
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

function tokensOf(tokens: Tokens): Tokens {
  canaries.add('an access token', tokens.accessToken);
  canaries.add('a refresh token', tokens.refreshToken);
  return tokens;
}

/** A token by its looks, with a canary in it. */
const jwt = (place: string) => `eyJhbGciOiJFZERTQSJ9.${canaries.hatch(place)}.c2ln`;

/** Headers as a client sends them that puts its secrets into every one. */
function headersOf(route: string, token: string | undefined): Record<string, string> {
  const secret = (name: string) => canaries.hatch(`${route}: header ${name}`);
  return {
    authorization: token ? `Bearer ${token}` : `Bearer ${secret('authorization')}`,
    cookie: `__Host-refresh=${secret('cookie')}; sid=${secret('cookie')}`,
    referer: `https://app.example.com/?token=${secret('referer')}`,
    'user-agent': `a client Bearer ${secret('user-agent')}`,
    'x-request-id': jwt(`${route}: header x-request-id`),
    'x-custom': secret('x-custom'),
    'x-forwarded-for': secret('x-forwarded-for'),
    'x-csrf-token': secret('x-csrf-token'),
    'idempotency-key': secret('idempotency-key'),
    'x-signature': `t=1,v1=${secret('x-signature')}`,
  };
}

function queryOf(route: string, { parameters = [] }: Operation): string {
  const declared = parameters.filter((each) => each.in === 'query').map(({ name }) => name);
  const names = ['token', 'secret', 'key', 'password', 'code', 'signature', 'q', ...declared];
  return names.map((name) => `${name}=${canaries.hatch(`${route}: query ${name}`)}`).join('&');
}

interface Sent {
  readonly token?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

async function send(route: string, url: string, { token, body, headers }: Sent): Promise<void> {
  const response = await fetch(test.api.url + url, {
    method: route.split(' ')[0]!,
    headers: { ...headersOf(route, token), ...headers },
    ...(body !== undefined && { body }),
    redirect: 'manual',
  });
  statuses.add(response.status);
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('event-stream')) return response.body!.cancel(); // has no end
  const text = await response.text();
  if (type.includes('problem')) problems.push(text);
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('secrets in every field, header, cookie and query of every route', () => {
  it('leak nowhere, whatever comes of the request', async () => {
    for (const route of servedRoutes(test)) {
      const [method, path] = route.split(' ') as [string, string];
      const operation =
        document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()] ?? {};
      const schema = operation.requestBody?.content['application/json']?.schema;
      const hatch = (field: string) => canaries.hatch(`${route}: ${field}`);
      const address = path.replace(/:\w+/g, '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11');
      const query = queryOf(route, operation);
      const key = { 'x-api-key': canaries.hatch(`${route}: header x-api-key`) };
      await send(route, address, { headers: { ...JSON_TYPE, ...key, authorization: '' } });
      const body = () => (schema ? JSON.stringify(bodyOf(document, schema, hatch)) : undefined);
      for (const token of [undefined, user.accessToken, admin.accessToken]) {
        if (/logout|sessions$|users\/me$/.test(path) && method !== 'GET' && token) continue;
        await send(route, `${address}?${query}`, { token, body: body(), headers: JSON_TYPE });
        await send(route, address, { token, body: body(), headers: JSON_TYPE });
      }
      if (method === 'GET' || method === 'DELETE') continue;
      const token = admin.accessToken;
      const broken = `{"password": ${canaries.hatch(`${route}: broken JSON`)}`;
      await send(route, address, { token, body: broken, headers: JSON_TYPE });
      await send(route, address, {
        token,
        body: canaries.hatch(`${route}: text`),
        headers: { 'content-type': 'text/canary' },
      });
    }
    const large = JSON.stringify({ password: canaries.hatch('too much').repeat(60_000) });
    await send('POST', '/v1/auth/login', { body: large, headers: JSON_TYPE });
    await send('GET', `/nowhere/at/all?secret=${canaries.hatch('404')}`, {});
    await send('PATCH', `/ping?secret=${canaries.hatch('405')}`, {});
    await send('GET', `/v1/users/${jwt('a path')}`, {});
    await send('GET', `/%ff?secret=${canaries.hatch('unreadable URL')}`, {});
    expect([...statuses]).toEqual(expect.arrayContaining([400, 401, 403, 404, 405, 413, 415]));
  });

  it('leak nowhere from what was thrown, or from an outage', async () => {
    const carried = Object.assign(
      new Error(`for ${jwt('a message')} and password=${canaries.hatch('a message')}`, {
        cause: new Error(`Basic ${canaries.hatch('a cause')}`),
      }),
      { config: { headers: { Authorization: canaries.hatch('a header of a request out') } } },
    );
    const views = vi.spyOn(test.app.get(UsersService), 'getView').mockRejectedValue(carried);
    await send('GET', '/v1/users/me', { token: user.accessToken });
    views.mockRestore();

    const cause = new Error(`connect postgres://aerie:${canaries.hatch('an outage')}@db/aerie`);
    const reads = vi
      .spyOn(test.app.get(Database), 'read')
      .mockRejectedValue(new DatabaseUnavailable({ cause }));
    await send('GET', '/v1/audit', { token: admin.accessToken });
    reads.mockRestore();
    expect([...statuses]).toEqual(expect.arrayContaining([500, 503]));
  });

  it('leak nowhere when they are real and used as they should be', async () => {
    const { api } = test;
    const { accessToken: token } = tokensOf(await api.join('grace@example.com'));
    const enrolled = await api.post<{ otpauthUri: string }>(
      '/v1/auth/2fa/enrol',
      { password: PASSWORD },
      { token },
    );
    const authenticator = new AuthenticatorApp(enrolled.body.otpauthUri);
    canaries.add('the secret of a second factor', authenticator.uri.searchParams.get('secret')!);
    const confirmed = await api.post<{ recoveryCodes: string[] }>(
      '/v1/auth/2fa/confirm',
      { code: authenticator.code() },
      { token },
    );
    expect(confirmed.status).toBe(200);
    for (const code of confirmed.body.recoveryCodes) canaries.add('a recovery code', code);
    await api.post('/v1/auth/password/forgot', { email: 'ada@example.com' });
    canaries.add('a reset token', await secretTo(test.app, 'ada@example.com', /reset/i));
    const key = await api.post<{ key: string }>(
      '/v1/auth/api-keys',
      { name: 'k', scopes: [], password: PASSWORD },
      { token: user.accessToken },
    );
    if (key.body.key) canaries.add('an API key', key.body.key);
    tokensOf((await api.refresh(user.refreshToken)).body);
  });

  it('were looked for wherever an operator looks', async () => {
    const readable = await readableBy(test);
    readable['problems'] = problems.join('\n');
    for (const [place, text] of Object.entries(readable)) {
      expect({ place, found: canaries.foundIn(text) }).toEqual({ place, found: [] });
      expect(text.length).toBeGreaterThan(20);
    }
    expect(readable['log files']).toContain('[redacted]');
  });
});
