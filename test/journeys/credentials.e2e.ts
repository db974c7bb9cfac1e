import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PASSWORD, type Api, type Tokens } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { letterTo, lettersTo, secretTo } from '../outbox.js';

const NEW_PASSWORD = 'quiet lantern over the harbour';

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

const typeOf = ({ body }: { body: Record<string, unknown> }) =>
  String(body['type']).replace('/docs/problems/', '');

/** Runs with the clock moved on. */
async function later<T>(ms: number, work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms, shouldAdvanceTime: true });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}

describe('what an old password began', () => {
  const FIRST = 'first lantern over the harbour';

  it('does not outlive the new one, however it is timed', async () => {
    const { accessToken: token } = await api.join('racer@example.com');
    await api.post('/v1/auth/password/forgot', { email: 'racer@example.com' });
    const secret = await secretTo(test.app, 'racer@example.com', /choose/i);
    const signIns = Array.from({ length: 40 }, () => api.logIn('racer@example.com'));
    const changes = Array.from({ length: 8 }, (_, i) =>
      api.post(
        '/v1/auth/password/change',
        { currentPassword: PASSWORD, newPassword: `${FIRST} ${i}` },
        { token },
      ),
    );
    await Promise.race(signIns);
    const reset = () =>
      api.post('/v1/auth/password/reset', { token: secret, newPassword: NEW_PASSWORD });
    const { status } = await reset();
    const changed = (await Promise.all(changes)).filter((answer) => answer.status === 204);
    // either the old password's owner was first, which voids the link, or the letter's
    expect(status === 204 ? 0 : 1).toBe(changed.length);
    for (const { body } of await Promise.all(signIns)) {
      if (body.accessToken) expect(await me(body.accessToken)).toBe(401);
    }
    expect((await api.logIn('racer@example.com')).status).toBe(401);
  });
});

describe('an e-mail address', () => {
  it('is proved once by the secret that was sent to it, and by no other', async () => {
    const { accessToken } = await api.join('ada@example.com');
    const token = await secretTo(test.app, 'ada@example.com', /confirm/i);
    for (const wrong of ['x', token.slice(1), `${token}x`, '']) {
      expect((await api.post('/v1/auth/email/verify', { token: wrong })).status).toBe(400);
    }
    expect((await api.post('/v1/auth/email/verify', { token })).status).toBe(204);
    const { body } = await api.get('/v1/users/me', { token: accessToken });
    expect(body['emailVerified']).toBe(true);
    const again = await api.post('/v1/auth/email/verify', { token });
    expect([again.status, typeOf(again)]).toEqual([400, 'link-invalid']);
    expect(await api.auditOf(adminToken, '&action=user.email_verified')).toHaveLength(1);
  });

  it('is proved by one of many who use the secret at once', async () => {
    await api.register('race@example.com');
    const token = await secretTo(test.app, 'race@example.com', /confirm/i);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.post('/v1/auth/email/verify', { token })),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('is not proved by a secret that is too old', async () => {
    await api.register('old@example.com');
    const token = await secretTo(test.app, 'old@example.com', /confirm/i);
    const answer = await later(49 * 3_600_000, () => api.post('/v1/auth/email/verify', { token }));
    expect(answer.status).toBe(400);
  });

  it('that is taken gets a letter that says so, and no second account', async () => {
    await api.register('taken@example.com');
    const again = await api.register('taken@example.com', NEW_PASSWORD);
    expect(again.status).toBe(202);
    await letterTo(test.app, 'taken@example.com', /already have an account/);
    expect((await api.logIn('taken@example.com', NEW_PASSWORD)).status).toBe(401);
    expect((await api.logIn('taken@example.com')).status).toBe(200);
  });

  it('is changed by its owner, once the new one is proved, and the old one is told', async () => {
    const { accessToken: token } = await api.join('before@example.com');
    const change = (body: object) => api.post('/v1/auth/email/change', body, { token });
    expect(typeOf(await change({ email: 'after@example.com' }))).toBe('reauthentication-required');
    expect(typeOf(await change({ email: 'after@example.com', password: 'wrong' }))).toBe(
      'wrong-password',
    );
    expect((await change({ email: 'after@example.com', password: PASSWORD })).status).toBe(202);
    expect((await api.logIn('before@example.com')).status).toBe(200);

    const secret = await secretTo(test.app, 'after@example.com', /new e-mail/);
    expect((await api.post('/v1/auth/email/verify', { token: secret })).status).toBe(204);
    expect((await api.logIn('before@example.com')).status).toBe(401);
    const { status, body } = await api.logIn('after@example.com');
    expect(status).toBe(200);
    expect(await me(token)).toBe(401); // whoever it was that was signed in before
    expect((await api.get('/v1/users/me', { token: body.accessToken })).body).toMatchObject({
      email: 'after@example.com',
      emailVerified: true,
    });
    await letterTo(test.app, 'before@example.com', /was changed/);
  });

  it('is not changed to one that somebody got first', async () => {
    const { accessToken: token } = await api.join('second@example.com');
    await api.post(
      '/v1/auth/email/change',
      { email: 'first@example.com', password: PASSWORD },
      { token },
    );
    const secret = await secretTo(test.app, 'first@example.com', /new e-mail/);
    await api.register('first@example.com');
    const answer = await api.post('/v1/auth/email/verify', { token: secret });
    expect([answer.status, typeOf(answer)]).toEqual([409, 'email-taken']);
    expect((await api.logIn('second@example.com')).status).toBe(200);
  });
});

describe('a password', () => {
  it('is changed by whoever knows the current one, and ends the other sessions', async () => {
    const here = await api.join('change@example.com');
    const { body: elsewhere } = await api.logIn('change@example.com');
    const change = (currentPassword: string) =>
      api.post(
        '/v1/auth/password/change',
        { currentPassword, newPassword: NEW_PASSWORD },
        { token: here.accessToken },
      );
    expect(typeOf(await change('wrong password'))).toBe('wrong-password');
    expect((await change(PASSWORD)).status).toBe(204);
    expect(await me(here.accessToken)).toBe(200);
    expect(await me(elsewhere.accessToken)).toBe(401);
    expect((await api.refresh(elsewhere.refreshToken)).status).toBe(401);
    expect((await api.logIn('change@example.com')).status).toBe(401);
    expect((await api.logIn('change@example.com', NEW_PASSWORD)).status).toBe(200);
    await letterTo(test.app, 'change@example.com', /password was changed/);
  });

  it('that was forgotten is set once by the secret of the letter, which signs nobody in', async () => {
    const { accessToken } = await api.join('forgot@example.com');
    await api.post('/v1/auth/password/forgot', { email: 'Forgot@Example.com' });
    const token = await secretTo(test.app, 'forgot@example.com', /link to a new password/);
    const reset = (newPassword: string) =>
      api.post('/v1/auth/password/reset', { token, newPassword });
    expect((await reset('password')).status).toBe(400); // the secret is still good after that
    const done = await reset(NEW_PASSWORD);
    expect([done.status, done.body]).toEqual([204, '']);
    expect(await me(accessToken)).toBe(401);
    expect((await api.logIn('forgot@example.com')).status).toBe(401);
    expect((await api.logIn('forgot@example.com', NEW_PASSWORD)).status).toBe(200);
    expect((await reset('another quiet lantern')).status).toBe(400);
  });

  it('that is reset by letter ends what whoever opened the account unproved has made', async () => {
    const stranger = await api.join('mine@example.com');
    const { body: key } = await api.post<{ key: string }>(
      '/v1/auth/api-keys',
      { name: 'robot' },
      { token: stranger.accessToken },
    );
    const use = async () =>
      (await api.get('/v1/users/me', { headers: { 'x-api-key': key.key } })).status;
    expect(await use()).toBe(200);
    const add = (table: string, columns: string, values: string) =>
      test.engine.pool.query(
        `INSERT INTO ${table} (${columns}, user_id)
         SELECT ${values}, id FROM users WHERE email = 'mine@example.com'`,
      );
    await add('identities', 'issuer, subject', `'https://id.example', 'stranger'`);
    await add(
      'passkeys',
      'id, credential_id, public_key, counter, is_backed_up, name',
      `gen_random_uuid(), 'stranger', ''::bytea, 0, false, 'x'`,
    );
    await api.post('/v1/auth/password/forgot', { email: 'mine@example.com' });
    const token = await secretTo(test.app, 'mine@example.com', /link to a new password/);
    await api.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD });
    expect(await use()).toBe(401);
    const { rows } = await test.engine.pool.query(
      `SELECT subject FROM identities WHERE subject = 'stranger'
       UNION SELECT credential_id FROM passkeys WHERE credential_id = 'stranger'`,
    );
    expect(rows).toEqual([]);
  });

  it('is not set by a secret of another kind, an old one, or one before the last', async () => {
    await api.register('kinds@example.com');
    const other = await secretTo(test.app, 'kinds@example.com', /confirm/i);
    const reset = (token: string) =>
      api.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD });
    expect((await reset(other)).status).toBe(400);

    await api.post('/v1/auth/password/forgot', { email: 'kinds@example.com' });
    const first = await secretTo(test.app, 'kinds@example.com', /link to a new password/);
    expect((await later(2 * 3_600_000, () => reset(first))).status).toBe(400);
    await later(120_000, async () => {
      await api.post('/v1/auth/password/forgot', { email: 'kinds@example.com' });
      while ((await lettersTo(test.app, 'kinds@example.com')).length < 3) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    expect((await reset(first)).status).toBe(400);
    expect((await api.logIn('kinds@example.com')).status).toBe(200);
  });

  it('is asked for alike for known and unknown addresses, and no mailbox is filled', async () => {
    await api.register('known@example.com');
    await letterTo(test.app, 'known@example.com', /confirm/i);
    const paths = ['/v1/auth/password/forgot', '/v1/auth/email/resend'];
    for (const path of paths) {
      const answers = [];
      for (const email of ['known@example.com', 'unknown@example.com', 'known@example.com']) {
        answers.push(await api.post(path, { email }));
      }
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    }
    await letterTo(test.app, 'known@example.com', /link to a new password/);
    await api.register('last@example.com'); // jobs before this one are done when its letter is here
    await letterTo(test.app, 'last@example.com', /confirm/i);
    expect(await lettersTo(test.app, 'known@example.com')).toHaveLength(2);
    expect(await lettersTo(test.app, 'unknown@example.com')).toHaveLength(0);
  });
});

const logInForCookie = (email: string) =>
  api.post<Partial<Tokens>>('/v1/auth/login', { email, password: PASSWORD, transport: 'cookie' });
const cookieIn = (headers: Headers) => headers.get('set-cookie')!.split(';', 1)[0]!;

describe('a sign-in with the refresh token in a cookie', () => {
  it('has it in no body, and it comes back, is replaced and cleared', async () => {
    await api.register('cookie@example.com');
    const { body, headers } = await logInForCookie('cookie@example.com');
    expect(body.accessToken).toBeDefined();
    expect(body.refreshToken).toBeUndefined();
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-refresh=eyJ[^;]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const refreshed = await api.post<Partial<Tokens>>('/v1/auth/refresh', undefined, {
      headers: { cookie: cookieIn(headers), origin: api.url },
    });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body.refreshToken).toBeUndefined();
    expect(cookieIn(refreshed.headers)).not.toBe(cookieIn(headers));

    const left = await api.post('/v1/auth/logout', undefined, {
      token: refreshed.body.accessToken!,
      headers: { cookie: cookieIn(refreshed.headers) },
    });
    expect(left.headers.get('set-cookie')).toMatch(/^__Host-refresh=; Max-Age=0;/);
  });

  it('is not refreshed by the page of a stranger', async () => {
    await api.register('victim@example.com');
    const { headers } = await logInForCookie('victim@example.com');
    const cookie = cookieIn(headers);
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${api.url}.evil.example` },
      { 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      const { status } = await api.post('/v1/auth/refresh', undefined, {
        headers: { cookie, ...foreign },
      });
      expect({ foreign, status }).toEqual({ foreign, status: 403 });
    }
    const { status } = await api.post('/v1/auth/refresh', undefined, { headers: { cookie } });
    expect(status).toBe(200);
  });

  it('says so when there is neither a token nor a cookie', async () => {
    const { status, body } = await api.post('/v1/auth/refresh');
    expect([status, body]).toMatchObject([400, { errors: [{ path: 'refreshToken' }] }]);
  });
});
