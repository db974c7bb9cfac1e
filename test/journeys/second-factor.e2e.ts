import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PASSWORD, type Answer, type Api, type Tokens } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { AuthenticatorApp } from '../authenticator-app.js';

let test: TestApp;
let api: Api;
let adminToken: string;

beforeAll(async () => {
  test = await startApp();
  api = test.api;
});
afterAll(() => test[Symbol.asyncDispose]());

// codes are a matter of the clock, so the clock stands still unless a test moves it
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  adminToken = (await test.logInAdmin()).accessToken;
});
afterEach(() => vi.useRealTimers());

const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);

type Codes = { recoveryCodes: string[] };
type Refusal = { type: string; pendingToken: string };

const enrol = (token: string, body: object = {}) =>
  api.post<{ otpauthUri: string; qrSvg: string }>('/v1/auth/2fa/enrol', body, { token });
const confirm = (token: string, code: string) =>
  api.post<Codes>('/v1/auth/2fa/confirm', { code }, { token });
const logIn = (email: string, code?: string) =>
  api.post<Tokens & Refusal>('/v1/auth/login', { email, password: PASSWORD, code });
const verify = (pendingToken: string, code: string) =>
  api.post<Tokens & Refusal>('/v1/auth/2fa/verify', { pendingToken, code });
const me = async (token: string) => (await api.get('/v1/users/me', { token })).status;
const idOf = async (token: string) => String((await api.get('/v1/users/me', { token })).body['id']);

const told = ({ status, body }: Answer<unknown>) => ({
  status,
  type: (body as Refusal).type?.replace('/docs/problems/', ''),
});
const statuses = (answers: Answer<unknown>[]) =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);

/** An account with a second factor, signed in; the code of the current step is not used yet. */
async function protectedAccount(email: string) {
  const { accessToken } = await api.join(email);
  const app = new AuthenticatorApp((await enrol(accessToken)).body.otpauthUri);
  const { body } = await confirm(accessToken, app.code());
  later(30);
  return { email, app, accessToken, recoveryCodes: body.recoveryCodes };
}

const pendingOf = async (email: string) => (await logIn(email)).body.pendingToken;

const actionsOn = async (subject: string) =>
  (await api.auditOf(adminToken, `&subject=${subject}`))
    .map(({ action, metadata }) => ({ action, metadata }))
    .toReversed();

describe('the path of a second factor', () => {
  it('leads from enrolling to switching off, with an audit entry at every step', async () => {
    const { accessToken } = await api.join('ada@example.com');
    const { body: elsewhere } = await api.logIn('ada@example.com');

    const enrolment = await enrol(accessToken);
    expect(enrolment.status).toBe(200);
    const app = new AuthenticatorApp(enrolment.body.otpauthUri);
    expect(app.uri.protocol).toBe('otpauth:');
    expect(app.uri.searchParams.get('issuer')).toBe('aerie');
    expect(decodeURIComponent(app.uri.pathname)).toContain('aerie:ada@example.com');
    expect(app.uri.searchParams.get('secret')).toMatch(/^[A-Z2-7]{32}$/);
    expect(enrolment.body.qrSvg).toMatch(/^<svg [\s\S]*<path [\s\S]*<\/svg>\s*$/);
    expect(enrolment.body.qrSvg).not.toMatch(/script|href|on\w+=|<image|<style/i);

    // it does not count before it is confirmed
    expect((await logIn('ada@example.com')).status).toBe(200);

    const confirmed = await confirm(accessToken, app.code());
    expect(confirmed.status).toBe(200);
    const { recoveryCodes } = confirmed.body;
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes)
      expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/);
    expect(await me(accessToken)).toBe(200);
    expect(await me(elsewhere.accessToken)).toBe(401);
    expect((await api.refresh(elsewhere.refreshToken)).status).toBe(401);

    later(30);
    expect(told(await logIn('ada@example.com'))).toEqual({
      status: 401,
      type: 'second-factor-required',
    });
    const pending = await pendingOf('ada@example.com');
    const signedIn = await verify(pending, app.code());
    expect(signedIn.status).toBe(200);
    expect(await me(signedIn.body.accessToken)).toBe(200);

    expect((await logIn('ada@example.com', recoveryCodes[0])).status).toBe(200);
    later(30);
    expect((await logIn('ada@example.com', app.code())).status).toBe(200);

    const off = await api.post(
      '/v1/auth/2fa/disable',
      { password: PASSWORD },
      { token: accessToken },
    );
    expect(off.status).toBe(204);
    expect(await me(accessToken)).toBe(200);
    expect(await me(signedIn.body.accessToken)).toBe(401);
    expect((await logIn('ada@example.com')).status).toBe(200);

    expect(await actionsOn(await idOf(accessToken))).toEqual([
      { action: 'user.registered', metadata: {} },
      { action: 'user.second_factor_enrolled', metadata: {} },
      { action: 'user.second_factor_enabled', metadata: {} },
      { action: 'auth.sessions_ended', metadata: { sessions: 2 } },
      { action: 'auth.second_factor_used', metadata: {} },
      { action: 'auth.recovery_code_used', metadata: { left: 9 } },
      { action: 'auth.second_factor_used', metadata: {} },
      { action: 'user.second_factor_disabled', metadata: {} },
      { action: 'auth.sessions_ended', metadata: { sessions: 3 } },
    ]);
  });

  it('takes the newest secret while none is confirmed, and none over a confirmed one', async () => {
    const { accessToken } = await api.join('bob@example.com');
    const first = new AuthenticatorApp((await enrol(accessToken)).body.otpauthUri);
    const second = new AuthenticatorApp((await enrol(accessToken)).body.otpauthUri);
    expect(told(await confirm(accessToken, first.code()))).toEqual({
      status: 403,
      type: 'code-refused',
    });
    expect((await confirm(accessToken, second.code())).status).toBe(200);
    expect(told(await enrol(accessToken))).toEqual({ status: 409, type: 'second-factor-on' });
    later(30);
    expect((await logIn('bob@example.com', second.code())).status).toBe(200);
  });

  it('forgets an enrolment that nobody confirms', async () => {
    const { accessToken } = await api.join('slow@example.com');
    expect(told(await confirm(accessToken, '123456'))).toEqual({
      status: 409,
      type: 'no-enrolment',
    });
    const app = new AuthenticatorApp((await enrol(accessToken)).body.otpauthUri);
    later(15 * 60);
    const { body } = await api.logIn('slow@example.com');
    expect(told(await confirm(body.accessToken, app.code()))).toEqual({
      status: 409,
      type: 'no-enrolment',
    });
  });

  it('is one factor with one set of codes when enrolled and confirmed many times at once', async () => {
    const { accessToken } = await api.join('double@example.com');
    const enrolments = await Promise.all(Array.from({ length: 5 }, () => enrol(accessToken)));
    expect(statuses(enrolments)).toEqual([200, 200, 200, 200, 200]);
    const app = new AuthenticatorApp((await enrol(accessToken)).body.otpauthUri);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => confirm(accessToken, app.code())),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await storedCodes(accessToken)).toHaveLength(10);
  });

  it('asks who it is when the sign-in is not recent', async () => {
    await api.register('old@example.com');
    const { body } = await api.logIn('old@example.com');
    later(11 * 60);
    expect(told(await enrol(body.accessToken))).toEqual({
      status: 403,
      type: 'reauthentication-required',
    });
    expect(told(await enrol(body.accessToken, { password: 'wrong password' }))).toEqual({
      status: 403,
      type: 'wrong-password',
    });
    expect((await enrol(body.accessToken, { password: PASSWORD })).status).toBe(200);
    const bare = await api.post('/v1/auth/2fa/enrol', undefined, { token: body.accessToken });
    expect(told(bare)).toEqual({ status: 403, type: 'reauthentication-required' });
  });

  it('is switched off for a code as well, and not for less', async () => {
    const { app, accessToken, recoveryCodes } = await protectedAccount('off@example.com');
    const disable = (body: object) =>
      api.post('/v1/auth/2fa/disable', body, { token: accessToken });
    expect(told(await disable({}))).toEqual({ status: 403, type: 'reauthentication-required' });
    expect(told(await disable({ password: 'wrong password' })).status).toBe(403);
    expect(told(await disable({ code: app.wrongCode() }))).toEqual({
      status: 403,
      type: 'code-refused',
    });
    expect(told(await disable({ password: PASSWORD, code: app.wrongCode() })).status).toBe(403);
    expect((await logIn('off@example.com')).status).toBe(401);
    expect((await disable({ code: app.code() })).status).toBe(204);
    expect((await logIn('off@example.com')).status).toBe(200);
    expect(told(await disable({ password: PASSWORD }))).toEqual({
      status: 409,
      type: 'second-factor-off',
    });
    expect(told(await disable({ code: recoveryCodes[0] })).status).toBe(403);
  });
});

describe('a code', () => {
  it('is taken from the step before and the step after, and from no other', async () => {
    const { email, app } = await protectedAccount('window@example.com');
    later(120);
    expect(told(await logIn(email, app.code(-2)))).toEqual({ status: 401, type: 'wrong-code' });
    expect(told(await logIn(email, app.code(2)))).toEqual({ status: 401, type: 'wrong-code' });
    expect((await logIn(email, app.code(-1))).status).toBe(200);
    expect((await logIn(email, app.code())).status).toBe(200);
    expect((await logIn(email, app.code(1))).status).toBe(200);
    expect((await logIn(email, app.code())).status).toBe(401);
  });

  it('is taken once, also after it has confirmed the factor, and in the second step', async () => {
    const { accessToken } = await api.join('once@example.com');
    const app = new AuthenticatorApp((await enrol(accessToken)).body.otpauthUri);
    await confirm(accessToken, app.code());
    expect((await logIn('once@example.com', app.code())).status).toBe(401);
    later(30);
    expect((await logIn('once@example.com', app.code())).status).toBe(200);
    expect(told(await verify(await pendingOf('once@example.com'), app.code()))).toEqual({
      status: 401,
      type: 'wrong-code',
    });
  });

  it('signs in one of many who use it at once', async () => {
    const { email, app } = await protectedAccount('crowd@example.com');
    const answers = await Promise.all(Array.from({ length: 4 }, () => logIn(email, app.code())));
    expect(statuses(answers)).toEqual([200, 401, 401, 401]);
  });

  it('may have a blank in it, and is nothing but text', async () => {
    const { email, app } = await protectedAccount('blank@example.com');
    const code = app.code();
    expect((await logIn(email, `${code.slice(0, 3)} ${code.slice(3)}`)).status).toBe(200);
    for (const wrong of [Number(code), [code], { $ne: '' }, '', 'x'.repeat(41), true]) {
      const answer = await api.post('/v1/auth/login', { email, password: PASSWORD, code: wrong });
      expect({ wrong, status: answer.status }).toEqual({ wrong, status: 400 });
    }
    for (const wrong of ['١٢٣٤٥٦', '12345', '1234567', '1e5', "' OR 1=1 --"]) {
      expect(told(await logIn(email, wrong))).toEqual({ status: 401, type: 'wrong-code' });
    }
  });

  it('is of no use without the password, and says nothing then', async () => {
    const { email, app } = await protectedAccount('nopass@example.com');
    const body = { email, password: 'wrong password', code: app.code() };
    expect(told(await api.post('/v1/auth/login', body))).toEqual({
      status: 401,
      type: 'wrong-credentials',
    });
    expect((await logIn(email, app.code())).status).toBe(200);
  });

  it('is not asked of an account without a second factor', async () => {
    await api.register('without@example.com');
    expect((await logIn('without@example.com', '123456')).status).toBe(200);
  });
});

describe('guessing codes', () => {
  it('counts fifty guesses sent at once as fifty: five are looked at', async () => {
    const { email, app, accessToken } = await protectedAccount('guess@example.com');
    const pending = await pendingOf(email);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => verify(pending, app.wrongCode())),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(45);
    expect(told(refused[0]!).type).toBe('guessing-too-fast');
    expect(refused[0]!.headers.get('retry-after')).toBe('30');

    // not even the right one, by any way in
    expect((await verify(pending, app.code())).status).toBe(429);
    expect((await logIn(email, app.code())).status).toBe(429);
    const disable = { code: app.code() };
    expect((await api.post('/v1/auth/2fa/disable', disable, { token: accessToken })).status).toBe(
      429,
    );
    // those who are signed in stay so
    expect(await me(accessToken)).toBe(200);

    const failed = (await actionsOn(await idOf(accessToken))).filter(
      ({ action }) => action === 'auth.second_factor_failed',
    );
    expect(new Set(failed.map(({ metadata }) => metadata['failures']))).toEqual(
      new Set([1, 2, 3, 4, 5]),
    );

    later(31);
    expect((await verify(pending, app.code())).status).toBe(200);
  });

  it('waits twice as long after each further wrong code, an hour at most', async () => {
    const { email, app } = await protectedAccount('patience@example.com');
    const pauses: number[] = [];
    for (let i = 0; i < 14; i++) {
      expect((await logIn(email, app.wrongCode())).status).toBe(401);
      if (i < 4) continue;
      const refused = await logIn(email, app.wrongCode());
      expect(refused.status).toBe(429);
      pauses.push(Number(refused.headers.get('retry-after')));
      later(pauses.at(-1)!);
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]);
    expect((await logIn(email, app.code())).status).toBe(200);
    expect((await logIn(email, app.wrongCode())).status).toBe(401);
  });

  it('is counted for an enrolment, too, and never locks out a recovery code', async () => {
    const { accessToken } = await api.join('half@example.com');
    const app = new AuthenticatorApp((await enrol(accessToken)).body.otpauthUri);
    for (let i = 0; i < 5; i++) await confirm(accessToken, app.wrongCode());
    expect((await confirm(accessToken, app.code())).status).toBe(429);
    later(30);
    const { recoveryCodes } = (await confirm(accessToken, app.code())).body;

    for (let i = 0; i < 5; i++) await logIn('half@example.com', app.wrongCode());
    later(29);
    expect((await logIn('half@example.com', app.code())).status).toBe(429);
    expect((await logIn('half@example.com', recoveryCodes[3])).status).toBe(200);
  });
});

describe('a recovery code', () => {
  it('signs in once, however it is typed, and one of many at once', async () => {
    const { email, recoveryCodes } = await protectedAccount('paper@example.com');
    const [first, second, third] = recoveryCodes as [string, string, string];
    expect((await logIn(email, first)).status).toBe(200);
    expect(told(await logIn(email, first))).toEqual({ status: 401, type: 'wrong-code' });
    const typed = second
      .toUpperCase()
      .replaceAll('-', ' ')
      .replaceAll('0', 'O')
      .replaceAll('1', 'l');
    expect((await logIn(email, typed)).status).toBe(200);
    expect((await logIn(email, second)).status).toBe(401);
    const answers = await Promise.all(Array.from({ length: 10 }, () => logIn(email, third)));
    expect(statuses(answers)).toEqual([200, ...Array.from({ length: 9 }, () => 401)]);
  });

  it('is its owner’s alone', async () => {
    const { recoveryCodes } = await protectedAccount('mine@example.com');
    const other = await protectedAccount('other@example.com');
    expect((await logIn(other.email, recoveryCodes[0])).status).toBe(401);
    expect((await logIn('mine@example.com', recoveryCodes[0])).status).toBe(200);
  });

  it('is void once there are new ones, of which there is one set', async () => {
    const { email, app, accessToken, recoveryCodes } = await protectedAccount('new@example.com');
    const renew = (body: object) =>
      api.post<Codes>('/v1/auth/2fa/recovery-codes', body, { token: accessToken });
    expect(told(await renew({}))).toEqual({ status: 403, type: 'reauthentication-required' });
    expect(told(await renew({ code: app.wrongCode() }))).toEqual({
      status: 403,
      type: 'code-refused',
    });
    const renewed = await renew({ code: app.code() });
    expect(renewed.status).toBe(200);
    expect((await logIn(email, recoveryCodes[0])).status).toBe(401);
    expect((await logIn(email, renewed.body.recoveryCodes[0])).status).toBe(200);

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => renew({ password: PASSWORD })),
    );
    expect(statuses(answers)).toEqual([200, 200, 200, 200, 200]);
    expect(await storedCodes(accessToken)).toHaveLength(10);
    const actions = await actionsOn(await idOf(accessToken));
    expect(actions.map(({ action }) => action)).toContain('user.recovery_codes_renewed');

    const { accessToken: plain } = await api.join('plain@example.com');
    const none = await api.post(
      '/v1/auth/2fa/recovery-codes',
      { password: PASSWORD },
      { token: plain },
    );
    expect(told(none)).toEqual({ status: 409, type: 'second-factor-off' });
  });

  it('is stored as a hash, and no code or secret is in the trail or the log', async () => {
    const { email, app, accessToken, recoveryCodes } = await protectedAccount('quiet@example.com');
    await logIn(email, app.code());
    await logIn(email, app.wrongCode());
    await logIn(email, recoveryCodes[0]);
    const stored = await storedCodes(accessToken);
    const trail = await api.auditOf(adminToken);
    const written = JSON.stringify([stored, trail, test.lines]);
    const secrets = [...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))];
    for (const secret of [...secrets, app.uri.searchParams.get('secret')!]) {
      expect(written).not.toContain(secret);
    }
  });
});

async function storedCodes(accessToken: string): Promise<unknown[]> {
  const { rows } = await test.engine.pool.query<object>(
    'SELECT * FROM recovery_codes WHERE user_id = $1',
    [await idOf(accessToken)],
  );
  return rows;
}

describe('the token between the two steps', () => {
  it('opens nothing but the second step', async () => {
    const { email, app, accessToken } = await protectedAccount('between@example.com');
    const { body: signedIn } = await logIn(email, app.code());
    const pending = await pendingOf(email);
    later(30);
    expect(await me(pending)).toBe(401);
    expect((await api.refresh(pending)).status).toBe(401);
    for (const other of [accessToken, signedIn.accessToken, signedIn.refreshToken]) {
      expect(told(await verify(other, app.code()))).toEqual({ status: 401, type: 'invalid-token' });
    }
    const [head, body, signature] = pending.split('.') as [string, string, string];
    const flipped = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect((await verify(flipped, app.code())).status).toBe(401);
    expect((await verify('x', app.code())).status).toBe(400);
    expect((await verify(pending, app.code())).status).toBe(200);
  });

  it('survives a wrong code and is redeemed once, also by two codes at once', async () => {
    const { email, app, recoveryCodes } = await protectedAccount('redeem@example.com');
    const pending = await pendingOf(email);
    expect(told(await verify(pending, app.wrongCode()))).toEqual({
      status: 401,
      type: 'wrong-code',
    });
    const answers = await Promise.all(
      [app.code(), recoveryCodes[0]!, recoveryCodes[1]!].map((code) => verify(pending, code)),
    );
    expect(statuses(answers)).toEqual([200, 401, 401]);
    later(30);
    expect(told(await verify(pending, app.code()))).toEqual({ status: 401, type: 'invalid-token' });
  });

  it('is good for five minutes', async () => {
    const { email, app } = await protectedAccount('expired@example.com');
    const first = await pendingOf(email);
    later(299);
    const second = await pendingOf(email);
    expect((await verify(first, app.code())).status).toBe(200);
    later(306);
    expect(told(await verify(second, app.code()))).toEqual({ status: 401, type: 'invalid-token' });
  });

  it('is good for its owner alone, whose password and account it does not outlive', async () => {
    const { email, app, accessToken } = await protectedAccount('changed@example.com');
    const other = await protectedAccount('stranger@example.com');
    const pending = await pendingOf(email);
    expect((await verify(pending, other.app.code())).status).toBe(401);

    const id = await idOf(accessToken);
    const disabled = await pendingOf(email);
    await test.engine.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [id]);
    expect(told(await verify(disabled, app.code()))).toEqual({
      status: 403,
      type: 'account-disabled',
    });
    await test.engine.pool.query('UPDATE users SET disabled_at = NULL WHERE id = $1', [id]);

    await test.engine.pool.query("UPDATE users SET password_hash = 'new' WHERE id = $1", [id]);
    expect(told(await verify(pending, app.code()))).toEqual({ status: 401, type: 'invalid-token' });
  });
});

describe('a member that is null', () => {
  it('is one that was not given', async () => {
    const { email, accessToken } = await protectedAccount('nil@example.com');
    for (const path of ['disable', 'recovery-codes']) {
      const answer = await api.post(
        `/v1/auth/2fa/${path}`,
        { password: null, code: null },
        { token: accessToken },
      );
      expect(told(answer)).toEqual({ status: 403, type: 'reauthentication-required' });
    }
    const signIn = await api.post('/v1/auth/login', { email, password: PASSWORD, code: null });
    expect(told(signIn)).toEqual({ status: 401, type: 'second-factor-required' });

    await api.register('plain@example.com');
    const plain = await api.post('/v1/auth/login', {
      email: 'plain@example.com',
      password: PASSWORD,
      transport: null,
    });
    expect(plain.body).toHaveProperty('refreshToken');
    expect(plain.headers.get('set-cookie')).toBeNull();
  });
});
