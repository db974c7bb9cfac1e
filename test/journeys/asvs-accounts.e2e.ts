// The lines of OWASP ASVS 5.0.0 on authentication, sessions, authorisation and tokens, a test each,
// in the order and under the numbers of the standard. Depth is in the journeys beside this one.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SigningKeys } from '#features/auth/signing-keys';
import { UsersService } from '#features/users/users.service';
import { PASSWORD, type Api, type Tokens } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { AuthenticatorApp } from '../authenticator-app.js';
import { secretTo } from '../outbox.js';
import { storedSecrets } from '../stored-secrets.js';

const NEW_PASSWORD = 'quiet lantern over the harbour';

let test: TestApp;
let api: Api;

beforeAll(async () => {
  test = await startApp();
  api = test.api;
});
afterAll(() => test[Symbol.asyncDispose]());

let people = 0;
const newEmail = () => `person${++people}@example.com`;

async function join(email = newEmail()): Promise<Tokens & { email: string }> {
  return { ...(await api.join(email)), email };
}

const me = async (token: string) => (await api.get('/v1/users/me', { token })).status;

const registered = async (password: string) => (await api.register(newEmail(), password)).status;

async function withSecondFactor() {
  const person = await join();
  const { accessToken: token } = person;
  const { body } = await api.post<{ otpauthUri: string }>('/v1/auth/2fa/enrol', {}, { token });
  const app = new AuthenticatorApp(body.otpauthUri);
  const confirmed = await api.post<{ recoveryCodes: string[] }>(
    '/v1/auth/2fa/confirm',
    { code: app.code() },
    { token },
  );
  return { ...person, app, recoveryCodes: confirmed.body.recoveryCodes };
}

const logInWith = (email: string, code: string, password = PASSWORD) =>
  api.post('/v1/auth/login', { email, password, code });

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function forge(claims: object, header: object = {}): Promise<string> {
  const { kid, privateKey } = await test.app.get(SigningKeys).current();
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt', ...header })
    .sign(privateKey);
}

it('V6.2.1 passwords have at least 8 characters', async () => {
  expect(await registered('kd8!qzW')).toBe(400);
  expect(await registered('kd8!qzWm')).toBe(202);
});

it('V6.2.3 changing the password takes the current one', async () => {
  const { accessToken: token } = await join();
  const change = async (body: object) =>
    (await api.post('/v1/auth/password/change', body, { token })).status;
  expect(await change({ newPassword: NEW_PASSWORD })).toBe(400);
  expect(await change({ currentPassword: 'not it', newPassword: NEW_PASSWORD })).toBe(403);
  expect(await change({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD })).toBe(204);
});

it('V6.2.4 common passwords are refused', async () => {
  for (const password of ['password', '12345678', 'qwertyuiop', 'iloveyou', 'P@ssw0rd']) {
    expect({ password, status: await registered(password) }).toEqual({ password, status: 400 });
  }
});

it('V6.2.5 a long passphrase in lower case is taken', async () => {
  expect(await registered('quiet lantern over the harbour')).toBe(202);
});

it('V6.2.8 a password counts to its last byte, as it was typed', async () => {
  const email = newEmail();
  const password = `${'x'.repeat(72)} É`;
  await api.register(email, password);
  for (const other of [password.slice(0, -1), `${password} `, password.toLowerCase()]) {
    expect((await api.logIn(email, other)).status).toBe(401);
  }
  expect((await api.logIn(email, password.normalize('NFD'))).status).toBe(401);
  expect((await api.logIn(email, password)).status).toBe(200);
});

it('V6.2.9 passwords of 64 to 128 characters are taken', async () => {
  expect(await registered('quiet lantern '.repeat(5).slice(0, 64))).toBe(202);
  expect(await registered('quiet lantern '.repeat(10).slice(0, 128))).toBe(202);
});

it('V6.3.1 credential stuffing stays within the documented allowance, whatever address is claimed', async () => {
  await using limited = await startApp({ RATE_LIMIT_AUTH: '5/15m', RATE_LIMIT_LOGIN: '6/15m' });
  const statuses: number[] = [];
  for (let i = 0; i < 40; i++) {
    const { status } = await limited.api.post(
      '/v1/auth/login',
      { email: `user${i}@example.com`, password: 'wrong password' },
      { headers: { 'x-forwarded-for': `203.0.113.${i}` } },
    );
    statuses.push(status);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(35);
});

it('V6.3.2 production has no default account', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  await using production = await startApp({
    NODE_ENV: 'production',
    ADMIN_PASSWORD: '',
    JWT_SIGNING_KEYS: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    ENCRYPTION_KEYS: `a:${Buffer.alloc(32, 7).toString('base64')}`,
  });
  expect(await production.app.get(UsersService).hasAdministrator()).toBe(false);
});

it('V6.3.8 sign-in, sign-up and forgotten passwords answer alike for known and unknown addresses', async () => {
  const { email } = await join();
  const bodies = {
    '/v1/auth/login': (address: string) => ({ email: address, password: 'wrong password' }),
    '/v1/auth/register': (address: string) => ({ email: address, password: NEW_PASSWORD }),
    '/v1/auth/password/forgot': (address: string) => ({ email: address }),
  };
  for (const [path, bodyOf] of Object.entries(bodies)) {
    const [known, unknown] = await Promise.all(
      [email, newEmail()].map(async (address) => {
        const { status, headers, body } = await api.post(path, bodyOf(address));
        const { requestId: _id, ...document } = body;
        return { status, names: [...headers.keys()].toSorted(), document };
      }),
    );
    expect({ path, answer: known }).toEqual({ path, answer: unknown });
  }
});

it('V6.4.3 a password reset does not skip the second factor', async () => {
  const { email } = await withSecondFactor();
  await api.post('/v1/auth/password/forgot', { email });
  const token = await secretTo(test.app, email, /link to a new password/);
  await api.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD });
  const answer = await api.logIn(email, NEW_PASSWORD);
  expect(answer).toMatchObject({
    status: 401,
    body: { type: '/docs/problems/second-factor-required' },
  });
});

it('V6.5.1 a code is taken once, also in parallel', async () => {
  const { email, recoveryCodes } = await withSecondFactor();
  const answers = await Promise.all([1, 2].map(() => logInWith(email, recoveryCodes[0]!)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
});

it('V6.5.2 recovery codes are stored hashed', async () => {
  const { recoveryCodes } = await withSecondFactor();
  const { rows } = await test.engine.pool.query<{ code_hash: string }>(
    'SELECT * FROM recovery_codes',
  );
  const stored = JSON.stringify(rows).toLowerCase();
  for (const code of recoveryCodes) {
    expect(stored).not.toContain(code.toLowerCase());
    expect(stored).not.toContain(code.replaceAll('-', '').toLowerCase());
  }
});

it('V6.5.5 a time-based code is good for its step and one beside it', async () => {
  const { email, app } = await withSecondFactor();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_000 });
  try {
    const code = app.code();
    vi.setSystemTime(Date.now() + 61_000);
    expect((await logInWith(email, code)).status).toBe(401);
    expect((await logInWith(email, app.code())).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

it('V7.2.4 signing in gives new tokens and ends the session that was presented', async () => {
  const { accessToken, email } = await join();
  const answer = await api.post<Tokens>(
    '/v1/auth/login',
    { email, password: PASSWORD },
    { token: accessToken },
  );
  expect(answer.body.accessToken).not.toBe(accessToken);
  expect(await me(accessToken)).toBe(401);
});

it('V7.4.1 after signing out access and refresh tokens fail', async () => {
  const { accessToken, refreshToken } = await join();
  await api.post('/v1/auth/logout', undefined, { token: accessToken });
  expect(await me(accessToken)).toBe(401);
  expect((await api.refresh(refreshToken)).status).toBe(401);
});

it('V7.4.2 a disabled user has no session left', async () => {
  const { accessToken, refreshToken } = await join();
  const id = String(decodeJwt(accessToken).sub);
  const { accessToken: admin } = await test.logInAdmin();
  await api.post(`/v1/users/${id}/disable`, undefined, { token: admin });
  expect(await me(accessToken)).toBe(401);
  expect((await api.refresh(refreshToken)).status).toBe(401);
});

it('V7.4.3 a new password or second factor ends the other sessions', async () => {
  const { accessToken: other, email } = await join();
  const { body: here } = await api.logIn(email);
  await api.post(
    '/v1/auth/password/change',
    { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
    { token: here.accessToken },
  );
  expect([await me(other), await me(here.accessToken)]).toEqual([401, 200]);
});

it('V7.5.1 changing the address or switching the second factor off asks who it is', async () => {
  const { accessToken: token } = await withSecondFactor();
  const change = await api.post('/v1/auth/email/change', { email: newEmail() }, { token });
  const disable = await api.post('/v1/auth/2fa/disable', {}, { token });
  expect([change.status, disable.status]).toEqual([403, 403]);
});

it('V8.2.1 routes take whom their marks say: see access.e2e.ts for every cell', async () => {
  const { accessToken: token } = await join();
  for (const path of ['/v1/users', '/v1/audit', '/hardening/guard/blocked']) {
    expect((await api.get(path)).status).toBe(401);
    expect((await api.get(path, { token })).status).toBe(403);
  }
});

it('V8.2.2 what belongs to others is not there: see ownership.e2e.ts for every id', async () => {
  const owner = await join();
  const thief = await join();
  const { body } = await api.post(
    '/v1/auth/api-keys',
    { name: 'mine' },
    { token: owner.accessToken },
  );
  const path = `/v1/auth/api-keys/${String(body['id'])}`;
  const { status } = await api.request('DELETE', path, undefined, { token: thief.accessToken });
  expect(status).toBe(404);
});

it('V8.2.3 what only the service may set is refused, and secrets are never shown', async () => {
  const { status } = await api.post('/v1/auth/register', {
    email: newEmail(),
    password: PASSWORD,
    role: 'admin',
  });
  expect(status).toBe(400);
  const { accessToken: token } = await join();
  const shown = JSON.stringify((await api.get('/v1/users/me', { token })).body);
  expect((await storedSecrets(test)).filter((secret) => shown.includes(secret))).toEqual([]);
});

it('V9.1.2 no algorithm but ours is taken', async () => {
  const { accessToken } = await join();
  const claims = decodeJwt(accessToken);
  const none = `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`;
  const { kid, jwk } = await test.app.get(SigningKeys).current();
  const head = `${encode({ alg: 'HS256', kid, typ: 'at+jwt' })}.${encode(claims)}`;
  const mac = createHmac('sha256', JSON.stringify(jwk)).update(head).digest('base64url');
  expect([await me(none), await me(`${head}.${mac}`)]).toEqual([401, 401]);
});

it('V9.2.2 one kind of token does not pass for another', async () => {
  const { accessToken, refreshToken, email } = await withSecondFactor();
  const { body } = await api.logIn(email);
  const pending = (body as unknown as { pendingToken: string }).pendingToken;
  expect([await me(refreshToken), await me(pending)]).toEqual([401, 401]);
  expect((await api.refresh(accessToken)).status).toBe(401);
  expect((await api.refresh(pending)).status).toBe(401);
});

it('V9.2.3 issuer and audience are checked', async () => {
  const claims = decodeJwt((await join()).accessToken);
  expect(await me(await forge(claims))).toBe(200);
  expect(await me(await forge({ ...claims, aud: 'somebody-else' }))).toBe(401);
  expect(await me(await forge({ ...claims, iss: 'somebody-else' }))).toBe(401);
});

it('V10.4.5 a replayed refresh token ends the family, and fifty at once are one lineage', async () => {
  const { refreshToken } = await join();
  const answers = await Promise.all(Array.from({ length: 50 }, () => api.refresh(refreshToken)));
  expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
  const { body: next } = await api.refresh(answers[0]!.body.refreshToken);
  expect((await api.refresh(refreshToken)).status).toBe(401);
  expect((await api.refresh(next.refreshToken)).status).toBe(401);
});
