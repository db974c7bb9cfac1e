import { describe, expect, it } from 'vitest';
import { startApp } from '../app.js';
import { recorded } from '../trail.js';

describe('at the defaults', () => {
  it('the sixth sign-in of an address within the window is refused, and says when to come back', async () => {
    await using test = await startApp({ RATE_LIMIT_AUTH: '', RATE_LIMIT_API: '' });
    for (let i = 1; i <= 5; i++) {
      const { status, headers } = await test.api.logIn('nobody@example.com');
      expect(status).toBe(401);
      expect(headers.get('ratelimit-policy')).toBe('"auth";q=5;w=900');
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"auth";r=${5 - i};t=\\d+$`));
      expect(headers.get('x-ratelimit-remaining')).toBe(String(5 - i));
    }
    const refused = await test.api.logIn('nobody@example.com');
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ type: '/docs/problems/rate-limit' });
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(880);
    expect(retryAfter).toBeLessThanOrEqual(900);
    // the tiers do not eat each other, and probes are never refused
    expect((await test.api.get('/v1/users/me')).status).toBe(401);
    for (let i = 0; i < 120; i++) expect((await test.api.get('/ping')).status).toBe(200);
  });

  it('the seventh sign-in to an account is refused, from whatever address it comes', async () => {
    await using test = await startApp({
      TRUST_PROXY: '1',
      RATE_LIMIT_AUTH: '',
      RATE_LIMIT_LOGIN: '',
    });
    const attempt = async (i: number, email: string) => {
      const headers = { 'x-forwarded-for': `198.51.100.${i}` };
      return test.api.post('/v1/auth/login', { email, password: 'wrong password' }, { headers });
    };
    for (let i = 1; i <= 6; i++) {
      expect((await attempt(i, 'nobody@example.com')).status).toBe(401);
    }
    const refused = await attempt(7, 'Nobody@Example.com');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit-policy')).toBe('"login";q=6;w=900');
    expect((await attempt(8, 'somebody@example.com')).status).toBe(401);
  });

  it('spelling an account in another way is no new account to its limit', async () => {
    await using test = await startApp({ SIGN_IN_DELAY_AFTER: '100', RATE_LIMIT_LOGIN: '' });
    const spellings = [
      'ada@example.com',
      'ADA@example.com',
      'a\u0001da@example.com',
      'ada\u0002\u0002@example.com',
      `${' '.repeat(318)}ada@example.com`,
      `${' '.repeat(400)}ada@example.com`,
    ];
    const attempt = async (email: string) =>
      (await test.api.post('/v1/auth/login', { email, password: 'wrong password' })).status;
    for (const email of spellings) expect(await attempt(email)).toBe(401);
    for (const email of spellings) expect(await attempt(email)).toBe(429);
  });

  it('the fifty-first call of an administrator to an operators’ route is refused', async () => {
    await using test = await startApp({ RATE_LIMIT_ADMIN: '', RATE_LIMIT_API: '1/15m' });
    const { accessToken: token } = await test.logInAdmin();
    for (let i = 0; i < 50; i++) {
      expect((await test.api.get('/v1/audit/verify', { token })).status).toBe(200);
    }
    const refused = await test.api.get('/v1/audit/verify', { token });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit-policy')).toBe('"admin";q=50;w=900');
    // the tier of everyday routes spares administrators, and nobody else; alerts are of it
    for (let i = 0; i < 5; i++) {
      expect((await test.api.get('/v1/users/me', { token })).status).toBe(200);
      expect((await test.api.get('/v1/alerts', { token })).status).toBe(200);
      expect((await test.api.get('/v1/alerts/rules', { token })).status).toBe(200);
      expect((await test.api.get('/hardening/log-levels', { token })).status).toBe(200);
    }
    expect((await test.api.get('/v1/users/me', { token: `${token}x` })).status).toBe(429);
  });

  it('the fifty-first call of a window waits, each further one longer, and health never', async () => {
    await using test = await startApp({ SLOWDOWN_AFTER: '' });
    const tookMs = async (path: string) => {
      const start = performance.now();
      await test.api.get(path);
      return performance.now() - start;
    };
    for (let i = 0; i < 50; i++) await test.api.get('/v1/users/me');
    for (const ms of [100, 200, 300]) {
      expect(await tookMs('/v1/users/me')).toBeGreaterThanOrEqual(ms - 2);
    }
    const start = performance.now();
    for (let i = 0; i < 20; i++) await tookMs('/health/live');
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('the hundred and first call of an address is refused, a forged address notwithstanding', async () => {
    await using test = await startApp({ RATE_LIMIT_AUTH: '', RATE_LIMIT_API: '' });
    const statuses: number[] = [];
    for (let i = 0; i < 101; i++) {
      const headers = { 'x-forwarded-for': `198.51.100.${i}` };
      statuses.push((await test.api.get('/v1/users/me', { headers })).status);
    }
    expect(statuses.slice(0, 100).every((status) => status === 401)).toBe(true);
    expect(statuses[100]).toBe(429);
    // recorded once a window, behind the request: wait for it to get there
    await test.api.get('/v1/users/me');
    await expect
      .poll(() => recorded(test, { action: 'security.rate_limited' }))
      .toMatchObject([{ severity: 'notice', metadata: { tier: 'api', limit: 100 } }]);
  });
});

describe('behind a trusted proxy', () => {
  it('counts by the address that the proxy vouches for', async () => {
    await using test = await startApp({ TRUST_PROXY: '1', RATE_LIMIT_API: '2/15m' });
    const call = async (address: string) =>
      (await test.api.get('/v1/users/me', { headers: { 'x-forwarded-for': address } })).status;
    expect(await call('203.0.113.1')).toBe(401);
    expect(await call('203.0.113.1')).toBe(401);
    expect(await call('203.0.113.1')).toBe(429);
    expect(await call('203.0.113.2')).toBe(401);
    // what the client wrote before the proxy added the real address counts for nothing
    expect(await call('198.51.100.9, 203.0.113.1')).toBe(429);
  });
});
