import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PASSWORD, type Api } from '../api.js';
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

const me = (token: string) => api.get('/v1/users/me', { token });

describe('the path of an account', () => {
  it('leads from registering to a refused token, with an audit entry at every step', async () => {
    const registered = await api.post('/v1/auth/register', {
      email: 'Ada@Example.com',
      password: PASSWORD,
      name: 'Ada Lovelace',
    });
    expect(registered.status).toBe(202);

    const { status, body: first } = await api.logIn('ada@example.com');
    expect(status).toBe(200);
    expect(first).toMatchObject({ tokenType: 'Bearer', expiresInSeconds: 900 });

    const account = await me(first.accessToken);
    expect(account.status).toBe(200);
    expect(account.body).toMatchObject({
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      role: 'user',
      emailVerified: false,
    });
    expect(JSON.stringify(account.body)).not.toMatch(/hash|argon2/i);

    const { body: second } = await api.refresh(first.refreshToken);
    expect((await me(second.accessToken)).status).toBe(200);

    const loggedOut = await api.post('/v1/auth/logout', undefined, { token: second.accessToken });
    expect(loggedOut.status).toBe(204);
    expect((await me(second.accessToken)).status).toBe(401);
    expect((await api.refresh(second.refreshToken)).status).toBe(401);

    const entries = await api.auditOf(adminToken, `&actor=${String(account.body['id'])}`);
    expect(entries.map(({ action }) => action).toReversed()).toEqual([
      'auth.logged_in',
      'auth.token_refreshed',
      'auth.logged_out',
    ]);
    const [registration] = await api.auditOf(
      adminToken,
      `&action=user.registered&subject=${String(account.body['id'])}`,
    );
    expect(registration?.requestId).toBe(registered.headers.get('x-request-id'));
  });

  it('is one account for simultaneous sign-ups with one address in any case', async () => {
    const spellings = ['eve@example.com', 'EVE@example.com', 'Eve@Example.COM', ' eve@example.com'];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => api.register(spellings[i % spellings.length]!)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);

    const { body } = await api.get<{ items: { email: string }[] }>('/v1/users?limit=100', {
      token: adminToken,
    });
    expect(body.items.filter(({ email }) => email === 'eve@example.com')).toHaveLength(1);
    expect(await api.auditOf(adminToken, '&action=user.registration_repeated')).toHaveLength(19);
  });

  it('is one account for an address in any Unicode form', async () => {
    await api.register('J\u030C@example.com');
    await api.register('\u01F0@example.com');
    const { body } = await api.get<{ items: { email: string }[] }>('/v1/users?limit=100', {
      token: adminToken,
    });
    expect(
      body.items.filter(({ email }) => email.normalize('NFD').startsWith('j\u030C')),
    ).toHaveLength(1);
  });

  it('does not say whether the address or the password is wrong', async () => {
    await api.register('bob@example.com');
    const wrongPassword = await api.logIn('bob@example.com', 'wrong password');
    const unknown = await api.logIn('nobody@example.com', 'wrong password');
    expect(wrongPassword.status).toBe(401);
    const { requestId: _a, ...answerA } = wrongPassword.body as unknown as Record<string, unknown>;
    const { requestId: _b, ...answerB } = unknown.body as unknown as Record<string, unknown>;
    expect(answerA).toEqual(answerB);
    expect(await api.auditOf(adminToken, '&action=auth.login_failed')).toHaveLength(2);
  });
});

describe('a refresh token', () => {
  it('gives one lineage to fifty refreshes at once, and throws nobody out', async () => {
    const { refreshToken } = await api.join('tabs@example.com');
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.refresh(refreshToken)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect((await me(answers[49]!.body.accessToken)).status).toBe(200);
    expect((await api.refresh(answers[0]!.body.refreshToken)).status).toBe(200);
  });

  it('ends the whole family when it is replayed after the grace', async () => {
    const first = await api.join('late@example.com');
    const { body: second } = await api.refresh(first.refreshToken);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_500 });
    try {
      expect((await api.refresh(first.refreshToken)).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
    expect((await api.refresh(second.refreshToken)).status).toBe(401);
    expect((await me(second.accessToken)).status).toBe(401);
    expect(await api.auditOf(adminToken, '&action=auth.refresh_replayed')).not.toHaveLength(0);
  });

  it('ends the whole family when it is older than the predecessor, grace or not', async () => {
    const first = await api.join('thief@example.com');
    const { body: second } = await api.refresh(first.refreshToken);
    const { body: third } = await api.refresh(second.refreshToken);
    expect((await api.refresh(first.refreshToken)).status).toBe(401);
    expect((await api.refresh(third.refreshToken)).status).toBe(401);
    expect((await me(third.accessToken)).status).toBe(401);
  });

  it('does not end another session of the same user', async () => {
    const other = await api.join('two@example.com');
    const { body: one } = await api.logIn('two@example.com');
    const { body: next } = await api.refresh(one.refreshToken);
    await api.refresh(next.refreshToken);
    expect((await api.refresh(one.refreshToken)).status).toBe(401);
    expect((await me(other.accessToken)).status).toBe(200);
  });
});

describe('lists', () => {
  it('page by cursor without a gap or a double', async () => {
    await Promise.all(Array.from({ length: 7 }, (_, i) => api.register(`page${i}@example.com`)));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: { body: { items: { id: string }[]; nextCursor: string | null } } =
        await api.get(`/v1/users?limit=3${cursor && `&cursor=${cursor}`}`, { token: adminToken });
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    const { body: all } = await api.get<{ items: { id: string }[] }>('/v1/users?limit=100', {
      token: adminToken,
    });
    expect(seen).toEqual(all.items.map(({ id }) => id));
  });

  it('refuse a cursor or a limit that is none', async () => {
    for (const query of ['cursor=abc', 'cursor=1%27', 'limit=0', 'limit=101', 'limit=x', 'a=b']) {
      const { status } = await api.get(`/v1/users?${query}`, { token: adminToken });
      expect({ query, status }).toEqual({ query, status: 400 });
    }
    const injection = await api.get('/v1/users?cursor=1%27--', { token: adminToken });
    expect(injection.body).toMatchObject({ status: 403, type: '/docs/problems/suspicious-input' });
    for (const query of [
      'cursor=x',
      'action=nothing',
      'severity=9',
      'actor=%00',
      'from=never',
      'from=0',
      'from=0000-01-01',
      'from=-200000-01-01T00:00:00Z',
      'from=2026-02-31T25:00:00Z',
    ]) {
      const { status } = await api.get(`/v1/audit?${query}`, { token: adminToken });
      expect({ query, status }).toEqual({ query, status: 400 });
    }
  });

  it('are for administrators', async () => {
    const { accessToken } = await api.join('plain@example.com');
    for (const path of ['/v1/users', '/v1/audit', '/health/detailed']) {
      expect((await api.get(path, { token: accessToken })).status).toBe(403);
      expect((await api.get(path)).status).toBe(401);
      expect((await api.get(path, { token: adminToken })).status).toBe(200);
    }
  });
});
