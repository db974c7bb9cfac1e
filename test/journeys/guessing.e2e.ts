import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuessesService } from '#features/users/guesses.service';
import { PASSWORD, type Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { letterTo, lettersTo } from '../outbox.js';

let test: TestApp;
let api: Api;

beforeEach(async () => {
  test = await startApp({ TRUST_PROXY: '1' });
  api = test.api;
  // the delays are seconds: a slow machine must not sit through them between two guesses
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await test[Symbol.asyncDispose]();
});

const logIn = (email: string, password: string, address = '203.0.113.7') =>
  api.post<{ accessToken: string }>(
    '/v1/auth/login',
    { email, password },
    { headers: { 'x-forwarded-for': address } },
  );

/** SIGN_IN_DELAY_AFTER: so many wrong ones are told so before the delays begin. */
const FREE = 6;

const addressOf = (i: number) => `198.51.${100 + Math.floor(i / 200)}.${(i % 200) + 1}`;

/** Guesses until one has to wait, moving the clock past each delay; returns the delays in seconds. */
async function delaysOf(email: string, count: number, from: (i: number) => string) {
  const delays: number[] = [];
  let now = Date.now();
  for (let i = 0; delays.length < count; i++) {
    vi.useFakeTimers({ toFake: ['Date'], now });
    const { status, headers } = await logIn(email, 'wrong password', from(i));
    if (status === 429) {
      delays.push(Number(headers.get('retry-after')));
      now += delays.at(-1)! * 1_000;
    } else expect(status).toBe(401);
  }
  return delays;
}

/** The guesses at once; which of them a machine is done with first is chance, so the right one waits for the free ones. */
async function atOnce<Answer>(
  passwords: readonly string[],
  guess: (password: string) => Promise<Answer>,
): Promise<Answer[]> {
  const guesses = test.app.get(GuessesService);
  const settle = guesses.settle.bind(guesses);
  let wrong = 0;
  const spy = vi.spyOn(guesses, 'settle').mockImplementation(async (what, rule, isRight) => {
    if (isRight) await expect.poll(() => wrong).toBeGreaterThanOrEqual(FREE);
    return settle(what, rule, isRight).finally(() => {
      if (!isRight) wrong++;
    });
  });
  const answers = await Promise.all(passwords.map(guess));
  spy.mockRestore();
  return answers;
}

describe('guessing at a password', () => {
  it('has to wait longer and longer, from whatever address, for an account that exists and one that does not', async () => {
    await api.register('ada@example.com');
    const growing = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900];
    expect(await delaysOf('ada@example.com', 12, addressOf)).toEqual(growing);
    expect(await delaysOf('nobody@example.com', 12, addressOf)).toEqual(growing);
    vi.useRealTimers();
    await letterTo(test.app, 'ada@example.com', /guessing/);
    expect(await lettersTo(test.app, 'nobody@example.com')).toEqual([]);
  });

  it('gains nothing by many guesses at once: the right one among them is refused', async () => {
    await api.register('ada@example.com');
    const passwords = [...Array.from({ length: 29 }, (_, i) => `wrong password ${i}`), PASSWORD];
    const answers = await atOnce(passwords, (each) => logIn('ada@example.com', each));
    expect(answers.map(({ status }) => status)).not.toContain(200);
    expect((await logIn('ada@example.com', PASSWORD)).status).toBe(429);
  });

  it('does not tell the right one of many at once by refusing it another way', async () => {
    const { accessToken } = await api.join('ada@example.com');
    const passwords = [...Array.from({ length: 29 }, (_, i) => `wrong password ${i}`), PASSWORD];
    const signIns = await atOnce(passwords, (each) => logIn('ada@example.com', each));
    const again = await atOnce(passwords, (currentPassword) =>
      api.post(
        '/v1/auth/password/change',
        { currentPassword, newPassword: 'quiet lantern over the harbour' },
        { token: accessToken },
      ),
    );
    for (const statuses of [signIns, again].map((all) => all.map(({ status }) => status))) {
      expect(statuses.at(-1)).toBe(429);
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(30 - FREE);
    }
  });

  it('is no matter of signing in many times at once with the right password', async () => {
    await api.register('ada@example.com');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => logIn('ada@example.com', PASSWORD)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('neither ends the owner’s sessions nor keeps them from signing in where they did before', async () => {
    await api.register('ada@example.com');
    const { body } = await logIn('ada@example.com', PASSWORD, '203.0.113.7');
    for (let i = 0; i < 8; i++) await logIn('ada@example.com', 'wrong password', '198.51.100.1');
    expect((await logIn('ada@example.com', PASSWORD, '198.51.100.2')).status).toBe(429);
    expect((await api.get('/v1/users/me', { token: body.accessToken })).status).toBe(200);
    expect((await logIn('ada@example.com', PASSWORD, '203.0.113.7')).status).toBe(200);
  });

  it('uses up the limit of the account for nobody who signs in where they did before', async () => {
    const limit = 6; // the default of RATE_LIMIT_LOGIN
    await using other = await startApp({ TRUST_PROXY: '1', RATE_LIMIT_LOGIN: `${limit}/15m` });
    const from = (address: string, password: string) =>
      other.api.post(
        '/v1/auth/login',
        { email: 'ada@example.com', password },
        { headers: { 'x-forwarded-for': address } },
      );
    await other.api.register('ada@example.com');
    expect((await from('203.0.113.7', PASSWORD)).status).toBe(200);
    for (let i = 0; i < limit; i++) await from(addressOf(i), 'wrong password');
    const stranger = await from('198.51.100.200', PASSWORD);
    expect(stranger.body).toMatchObject({ type: '/docs/problems/rate-limit' });

    const owner = await from('203.0.113.7', PASSWORD);
    expect(owner.status).toBe(200);
    expect(owner.headers.get('ratelimit')).toMatch(/^"login";r=5;/);
    for (let i = 1; i < limit; i++) await from('203.0.113.7', PASSWORD);
    const oneTooMany = await from('203.0.113.7', PASSWORD);
    expect(oneTooMany.body).toMatchObject({ type: '/docs/problems/rate-limit' });
  });

  it('at other accounts from the same office keeps nobody there out of their own', async () => {
    await api.register('ada@example.com');
    expect((await logIn('ada@example.com', PASSWORD)).status).toBe(200);
    for (let i = 0; i < 121; i++) await logIn(`user${i}@example.com`, 'wrong password');
    expect((await logIn('user200@example.com', 'wrong password')).status).toBe(429);
    expect((await logIn('ada@example.com', PASSWORD)).status).toBe(200);
  });

  it('begins anew after the right password', async () => {
    await api.register('ada@example.com');
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) {
        expect((await logIn('ada@example.com', 'wrong password')).status).toBe(401);
      }
      expect((await logIn('ada@example.com', PASSWORD)).status).toBe(200);
    }
  });

  it('has to wait at one account after the other, too, by address', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 122; i++) {
      statuses.push((await logIn(`user${i}@example.com`, 'wrong password')).status);
    }
    expect(statuses.indexOf(429)).toBe(120);
    expect((await logIn('user200@example.com', 'wrong password', '198.51.100.1')).status).toBe(401);
  });

  it('is slowed when it comes from a stolen session, too', async () => {
    const { accessToken: token } = await api.join('ada@example.com');
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) {
      const { status } = await api.post(
        '/v1/auth/password/change',
        { currentPassword: 'wrong password', newPassword: 'quiet lantern over the harbour' },
        { token },
      );
      statuses.push(status);
    }
    expect(statuses).toEqual([403, 403, 403, 403, 403, 403, 429, 429]);
  });
});
