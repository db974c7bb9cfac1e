import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';

let test: TestApp;
let admin: string;
beforeAll(async () => {
  test = await startApp({ RATE_LIMIT_TENANT: '6/15m' });
  admin = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

interface Me {
  readonly id: string;
  readonly tenant: string | null;
}

async function join(name: string): Promise<{ token: string; id: string }> {
  const token = (await test.api.join(`${name}@example.com`)).accessToken;
  return { token, id: (await meOf(token)).id };
}

const meOf = async (token: string) => (await test.api.get<Me>('/v1/users/me', { token })).body;

const move = (id: string, tenant: unknown, token = admin) =>
  test.api.request('PUT', `/v1/users/${id}/tenant`, { tenant }, { token });

describe('a tenant', () => {
  it('has the members that an administrator gives it, from their next request on', async () => {
    const { token, id } = await join('ada');
    expect(await meOf(token)).toMatchObject({ tenant: null });
    expect((await move(id, 'da-ada')).status).toBe(204);
    expect(await meOf(token)).toMatchObject({ tenant: 'da-ada' });
    expect((await move(id, null)).status).toBe(204);
    expect(await meOf(token)).toMatchObject({ tenant: null });
    const entries = await test.api.auditOf(admin, `&subject=${id}&action=user.tenant_changed`);
    expect(entries).toMatchObject([
      { metadata: { tenant: '' } },
      { metadata: { tenant: 'da-ada' } },
    ]);
  });

  it('has a slug for a name, which the database holds to as well', async () => {
    const { id } = await join('grace');
    for (const name of ['', 'Da Ada', '-a', 'a--b', 'x'.repeat(41), 7, undefined]) {
      expect((await move(id, name)).status).toBe(400);
    }
    const write = test.engine.pool.query('UPDATE users SET tenant = $1 WHERE id = $2', ['A b', id]);
    await expect(write).rejects.toThrow('users_tenant_slug_check');
  });

  it('is given by administrators, to others, who exist', async () => {
    const { token, id } = await join('linus');
    expect((await move(id, 'mine', token)).status).toBe(403);
    expect((await move((await meOf(admin)).id, 'mine')).status).toBe(409);
    expect((await move('019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11', 'mine')).status).toBe(404);
  });

  it('shares one limit among its members and their API keys, and no more than it has', async () => {
    const [one, two] = [await join('one'), await join('two')];
    const key = await test.api.post<{ key: string }>(
      '/v1/auth/api-keys',
      { name: 'till', scopes: ['account:read'] },
      { token: two.token },
    );
    for (const { id } of [one, two]) expect((await move(id, 'bistro')).status).toBe(204);
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      statuses.push((await test.api.get('/v1/users/me', { token: one.token })).status);
      const headers = { 'x-api-key': key.body.key };
      statuses.push((await test.api.get('/v1/users/me', { headers })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
    const refused = await test.api.get('/v1/users/me', { token: two.token });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit-policy')).toBe('"tenant";q=6;w=900');
    expect((await test.api.get('/v1/users/me', { token: admin })).status).toBe(200);
  });
});
