import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ExpiredSecrets } from '#features/auth/expired-secrets';
import { SessionsRepository } from '#features/auth/sessions.repository';
import { PASSWORD, type Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { letterTo } from '../outbox.js';

interface SessionItem {
  id: string;
  isCurrent: boolean;
  device: string | null;
  address: string;
  lastUsedAt: string;
}

let test: TestApp;
let api: Api;
let adminToken: string;

beforeAll(async () => {
  test = await startApp();
  api = test.api;
  adminToken = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

const me = async (token: string) => (await api.get('/v1/users/me', { token })).status;

const sessionsOf = async (token: string) =>
  (await api.get<{ items: SessionItem[] }>('/v1/auth/sessions', { token })).body.items;

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0';

async function idOf(token: string): Promise<string> {
  return (await api.get<{ id: string }>('/v1/users/me', { token })).body.id;
}

describe('sessions', () => {
  it('are listed with device and last use, and ended one by one', async () => {
    const first = await api.join('ada@example.com');
    const { body: second } = await api.post<{ accessToken: string; refreshToken: string }>(
      '/v1/auth/login',
      { email: 'ada@example.com', password: PASSWORD },
      { headers: { 'user-agent': FIREFOX } },
    );
    const [newest, oldest] = await sessionsOf(first.accessToken);
    expect(newest).toMatchObject({ isCurrent: false, device: 'Firefox on Linux' });
    expect(oldest).toMatchObject({ isCurrent: true });
    expect(Date.parse(newest!.lastUsedAt)).toBeGreaterThan(Date.now() - 3_600_000);
    expect(await me(second.accessToken)).toBe(200); // known from now on

    const close = () =>
      api.request('DELETE', `/v1/auth/sessions/${newest!.id}`, undefined, {
        token: first.accessToken,
      });
    expect((await close()).status).toBe(204);
    expect(await me(second.accessToken)).toBe(401);
    expect((await api.refresh(second.refreshToken)).status).toBe(401);
    expect((await close()).status).toBe(404);
    expect(await sessionsOf(first.accessToken)).toHaveLength(1);
  });

  it('are ended all but one, or all', async () => {
    const here = await api.join('bob@example.com');
    const others = await Promise.all([1, 2, 3].map(() => api.logIn('bob@example.com')));
    await api.request('DELETE', '/v1/auth/sessions', undefined, { token: here.accessToken });
    for (const { body } of others) expect(await me(body.accessToken)).toBe(401);
    expect(await me(here.accessToken)).toBe(200);

    const { body: again } = await api.logIn('bob@example.com');
    const { status } = await api.post('/v1/auth/logout-all', undefined, {
      token: here.accessToken,
    });
    expect(status).toBe(204);
    expect(await me(here.accessToken)).toBe(401);
    expect(await me(again.accessToken)).toBe(401);
  });

  it('are looked up once for many requests', async () => {
    const { accessToken } = await api.join('often@example.com');
    const look = vi.spyOn(test.app.get(SessionsRepository), 'findById');
    const answers = await Promise.all(Array.from({ length: 50 }, () => me(accessToken)));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(look.mock.calls.length).toBeLessThan(25);
    look.mockRestore();
  });

  it('are deleted, like all that is of no use any more, long after their end', async () => {
    await api.join('gone@example.com');
    await api.logIn('gone@example.com', 'wrong password');
    const rows = async () => {
      const counts = await test.engine.pool.query<{ count: string }>(
        `SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM one_time_tokens)
              + (SELECT count(*) FROM sign_in_failures) AS count`,
      );
      return Number(counts.rows[0]!.count);
    };
    await letterTo(test.app, 'gone@example.com');
    const before = await rows();
    const expired = test.app.get(ExpiredSecrets);
    await expired.delete(new Date());
    expect(await rows()).toBe(before);
    await expired.delete(new Date(Date.now() + 200 * 86_400_000));
    expect(await rows()).toBe(0);
    adminToken = (await test.logInAdmin()).accessToken;
  });

  it('of others are neither seen nor ended', async () => {
    const mallory = await api.join('mallory@example.com');
    const victim = await api.join('victim@example.com');
    const [session] = await sessionsOf(victim.accessToken);
    for (const id of [session!.id, '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11']) {
      const { status } = await api.request('DELETE', `/v1/auth/sessions/${id}`, undefined, {
        token: mallory.accessToken,
      });
      expect(status).toBe(404);
    }
    expect(await sessionsOf(mallory.accessToken)).toHaveLength(1);
    expect(await me(victim.accessToken)).toBe(200);
  });

  it('end when the same client signs in anew', async () => {
    const { accessToken } = await api.join('eve@example.com');
    const { status } = await api.post(
      '/v1/auth/login',
      { email: 'eve@example.com', password: PASSWORD },
      { token: accessToken },
    );
    expect(status).toBe(200);
    expect(await me(accessToken)).toBe(401);
  });
});

describe('an administrator', () => {
  it('shuts an account out at once, and lets it in again', async () => {
    const user = await api.join('disabled@example.com');
    const id = await idOf(user.accessToken);
    const change = (what: string, token: string) =>
      api.post(`/v1/users/${id}/${what}`, undefined, { token });
    expect((await change('disable', user.accessToken)).status).toBe(403);
    expect((await change('disable', adminToken)).status).toBe(204);
    expect(await me(user.accessToken)).toBe(401);
    expect((await api.refresh(user.refreshToken)).status).toBe(401);
    const refused = await api.logIn('disabled@example.com');
    expect(refused).toMatchObject({
      status: 403,
      body: { type: '/docs/problems/account-disabled' },
    });
    expect((await api.logIn('disabled@example.com', 'wrong password')).status).toBe(401);

    expect((await change('enable', adminToken)).status).toBe(204);
    expect((await api.logIn('disabled@example.com')).status).toBe(200);
    expect(await me(user.accessToken)).toBe(401);
  });

  it('finds an account by its address, sees where it is signed in, and ends that, on record', async () => {
    const eve = await api.join('eve.sessions@example.com');
    const find = (email: string) =>
      api.get<{ items: { id: string }[] }>(`/v1/users?email=${encodeURIComponent(email)}`, {
        token: adminToken,
      });
    expect((await find('nobody@example.com')).body.items).toEqual([]);
    const found = await find(' Eve.Sessions@Example.com');
    expect(found.body).toMatchObject({ items: [{ email: 'eve.sessions@example.com' }] });
    const path = `/v1/users/${found.body.items[0]!.id}/sessions`;
    const end = async (at: string, token = adminToken) =>
      (await api.request('DELETE', at, undefined, { token })).status;

    const { body } = await api.get<{ items: SessionItem[] }>(path, { token: adminToken });
    expect(body.items).toMatchObject([{ isCurrent: false, address: '127.0.0.1' }]);
    const own = await sessionsOf(adminToken);
    expect(await end(`${path}/${own[0]!.id}`)).toBe(404); // a session of somebody else
    expect(await end(`${path}/${body.items[0]!.id}`, eve.accessToken)).toBe(403);
    expect(await end(`${path}/${body.items[0]!.id}`)).toBe(204);
    expect(await me(eve.accessToken)).toBe(401);
    expect(await end(`${path}/${body.items[0]!.id}`)).toBe(404);

    const again = (await api.logIn('eve.sessions@example.com')).body;
    expect(await end(path)).toBe(204);
    expect(await me(again.accessToken)).toBe(401);
    const nobody = '/v1/users/019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11/sessions';
    expect((await api.get(nobody, { token: adminToken })).status).toBe(404);
    expect(await end(nobody)).toBe(404);

    const entries = await api.auditOf(adminToken, `&subject=${found.body.items[0]!.id}`);
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user.sessions_read', 'user.session_ended', 'auth.sessions_ended']),
    );
  });

  it('gives a role, which counts from the next request on', async () => {
    const { accessToken: token } = await api.join('support@example.com');
    const path = `/v1/users/${await idOf(token)}/role`;
    expect((await api.get('/v1/users', { token })).status).toBe(403);
    const give = (role: string, as: string) => api.request('PUT', path, { role }, { token: as });
    expect((await give('admin', token)).status).toBe(403);
    expect((await give('owner', adminToken)).status).toBe(400);
    expect((await give('support', adminToken)).status).toBe(204);
    expect((await api.get('/v1/users', { token })).status).toBe(200);
    expect((await give('user', adminToken)).status).toBe(204);
    expect((await api.get('/v1/users', { token })).status).toBe(403);
  });

  it('changes no account of its own, and none that does not exist', async () => {
    const own = await idOf(adminToken);
    const nobody = '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11';
    for (const [id, status] of [
      [own, 409],
      [nobody, 404],
      ['x', 400],
    ] as const) {
      const answer = await api.post(`/v1/users/${id}/disable`, undefined, { token: adminToken });
      expect({ id, status: answer.status }).toEqual({ id, status });
    }
  });
});
