import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PASSWORD, type Answer, type Api, type Tokens } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { AuthenticatorApp } from '../authenticator-app.js';
import { SoftwareAuthenticator, type Conduct } from '../software-authenticator.js';

let test: TestApp;
let api: Api;

beforeAll(async () => {
  test = await startApp();
  api = test.api;
});
afterAll(() => test[Symbol.asyncDispose]());
afterEach(() => vi.useRealTimers());

const later = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1_000 });

type CreationOptions = Parameters<SoftwareAuthenticator['create']>[0] & {
  excludeCredentials: { id: string }[];
};
type RequestOptions = Parameters<SoftwareAuthenticator['get']>[0];
type View = { id: string; name: string; lastUsedAt: string | null; backedUp: boolean };

const creationOptions = (token: string, body: object = {}) =>
  api.post<CreationOptions>('/v1/auth/passkeys/register/options', body, { token });
const add = (token: string, credential: unknown, name: unknown = 'Telephone') =>
  api.post<View>('/v1/auth/passkeys/register/verify', { credential, name }, { token });
const list = async (token: string) =>
  (await api.get<{ items: View[] }>('/v1/auth/passkeys', { token })).body.items;
const requestOptions = async () =>
  (await api.post<RequestOptions>('/v1/auth/passkeys/login/options')).body;
const present = (credential: unknown) =>
  api.post<Tokens & { pendingToken: string }>('/v1/auth/passkeys/login/verify', { credential });
const remove = (token: string, id: string, body: object = { password: PASSWORD }) =>
  api.request('DELETE', `/v1/auth/passkeys/${id}`, body, { token });
const me = async (token: string) => (await api.get('/v1/users/me', { token })).status;
const idOf = async (token: string) => String((await api.get('/v1/users/me', { token })).body['id']);

const told = ({ status, body }: Answer<unknown>) => ({
  status,
  type: (body as { type?: string }).type?.replace('/docs/problems/', ''),
});
const REFUSED = { status: 401, type: 'passkey-refused' };
const NOT_ADDED = { status: 400, type: 'passkey-not-added' };

/** An account with a passkey, signed in by password. */
async function accountWithPasskey(email: string, algorithm: 'ES256' | 'EdDSA' = 'ES256') {
  const { accessToken } = await api.join(email);
  const passkey = new SoftwareAuthenticator(algorithm);
  const { body } = await creationOptions(accessToken);
  const added = await add(accessToken, passkey.create(body));
  return { email, accessToken, passkey, id: added.body.id };
}

async function signIn(passkey: SoftwareAuthenticator, conduct?: Conduct) {
  return present(passkey.get(await requestOptions(), conduct));
}

const actionsOn = async (subject: string) => {
  const { accessToken } = await test.logInAdmin();
  const entries = await api.auditOf(accessToken, `&subject=${subject}`);
  return entries.map(({ action }) => action).toReversed();
};

describe('the path of a passkey', () => {
  it.each(['ES256', 'EdDSA'] as const)(
    'with %s leads from being added to being removed, with an audit entry at every step',
    async (algorithm) => {
      const email = `${algorithm.toLowerCase()}@example.com`;
      const { accessToken, passkey, id } = await accountWithPasskey(email, algorithm);
      expect(await list(accessToken)).toMatchObject([
        { id, name: 'Telephone', lastUsedAt: null, backedUp: true },
      ]);
      expect(JSON.stringify(await list(accessToken))).not.toMatch(/key|credential/i);

      const signedIn = await signIn(passkey);
      expect(signedIn.status).toBe(200);
      expect(await idOf(signedIn.body.accessToken)).toBe(await idOf(accessToken));
      expect((await list(accessToken))[0]!.lastUsedAt).not.toBeNull();

      const renamed = await api.request(
        'PATCH',
        `/v1/auth/passkeys/${id}`,
        { name: 'Old one' },
        {
          token: accessToken,
        },
      );
      expect(renamed.status).toBe(204);
      expect((await list(accessToken))[0]!.name).toBe('Old one');

      expect((await remove(accessToken, id)).status).toBe(204);
      expect(await list(accessToken)).toEqual([]);
      expect(await me(signedIn.body.accessToken)).toBe(401);
      expect(await me(accessToken)).toBe(200);
      expect(told(await signIn(passkey))).toEqual(REFUSED);

      expect(await actionsOn(await idOf(accessToken))).toEqual([
        'user.registered',
        'user.passkey_added',
        'auth.passkey_used',
        'user.passkey_removed',
        'auth.sessions_ended',
      ]);
      expect(await actionsOn(id)).toEqual(['user.passkey_renamed']);
    },
  );

  it('asks who it is when the sign-in is not recent, and for the password to remove one', async () => {
    const { accessToken, id } = await accountWithPasskey('recent@example.com');
    expect(told(await remove(accessToken, id, {}))).toEqual({
      status: 403,
      type: 'reauthentication-required',
    });
    expect(told(await remove(accessToken, id, { password: 'wrong password' }))).toEqual({
      status: 403,
      type: 'wrong-password',
    });
    expect(await list(accessToken)).toHaveLength(1);
    later(11 * 60);
    expect(told(await creationOptions(accessToken))).toEqual({
      status: 403,
      type: 'reauthentication-required',
    });
    expect((await creationOptions(accessToken, { password: PASSWORD })).status).toBe(200);
  });

  it('names those that the account has, and takes none twice, whoever adds it', async () => {
    const { accessToken, passkey } = await accountWithPasskey('twice@example.com');
    const { body } = await creationOptions(accessToken);
    expect(body.excludeCredentials.map(({ id }) => id)).toEqual([passkey.credentialId]);
    expect(told(await add(accessToken, passkey.create(body)))).toEqual({
      status: 409,
      type: 'passkey-known',
    });
    const { accessToken: thief } = await api.join('thief@example.com');
    const { body: options } = await creationOptions(thief);
    expect((await add(thief, passkey.create(options))).status).toBe(409);
    expect(await list(thief)).toEqual([]);
  });

  it('ends at twenty', async () => {
    const { accessToken } = await api.join('many@example.com');
    for (let i = 0; i < 20; i++) {
      const { body } = await creationOptions(accessToken);
      expect((await add(accessToken, new SoftwareAuthenticator().create(body))).status).toBe(201);
    }
    expect(told(await creationOptions(accessToken))).toEqual({
      status: 409,
      type: 'too-many-passkeys',
    });
  });
});

describe('adding a passkey', () => {
  it.each<[string, Conduct]>([
    ['of another page', { origin: 'https://evil.example' }],
    ['of another port', { origin: 'http://localhost:3001' }],
    ['for another domain', { rpId: 'evil.example' }],
    ['to no challenge', { challenge: 'bm8gY2hhbGxlbmdl' }],
    ['that is none of creation', { type: 'webauthn.get' }],
    ['without a user at hand', { isUserPresent: false }],
  ])('is refused for an answer %s, which uses the challenge up', async (_, conduct) => {
    const { accessToken } = await api.join('adding@example.com');
    const passkey = new SoftwareAuthenticator();
    const { body } = await creationOptions(accessToken);
    expect(told(await add(accessToken, passkey.create(body, conduct)))).toEqual(NOT_ADDED);
    const isSpent = !conduct.challenge && !conduct.type;
    const again = await add(accessToken, passkey.create(body));
    expect(again.status).toBe(isSpent ? 400 : 201);
    if (!isSpent) await remove(accessToken, again.body.id);
    expect(await list(accessToken)).toEqual([]);
  });

  it('takes a challenge once, also when many answer it at once, and never another’s', async () => {
    const { accessToken } = await api.join('challenged@example.com');
    const { accessToken: other } = await api.join('stranger@example.com');
    const { body: options } = await creationOptions(accessToken);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        add(accessToken, new SoftwareAuthenticator().create(options)),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9);
    expect(await list(accessToken)).toHaveLength(1);

    const { body: foreign } = await creationOptions(other);
    const passkey = new SoftwareAuthenticator();
    expect(told(await add(accessToken, passkey.create(foreign)))).toEqual(NOT_ADDED);
    const signInChallenge = { ...foreign, challenge: (await requestOptions()).challenge };
    expect(told(await add(accessToken, passkey.create(signInChallenge)))).toEqual(NOT_ADDED);

    const { body: old } = await creationOptions(accessToken);
    later(301);
    expect(told(await add(accessToken, passkey.create(old)))).toEqual(NOT_ADDED);
  });

  it('is refused for what is no answer at all', async () => {
    const { accessToken } = await api.join('shape@example.com');
    const { body } = await creationOptions(accessToken);
    const good = new SoftwareAuthenticator().create(body);
    const bad: unknown[] = [
      {},
      { ...good, id: 5, rawId: 5 },
      { ...good, response: null },
      { ...good, response: { ...good.response, clientDataJSON: 7 } },
      { ...good, response: { ...good.response, clientDataJSON: 'AAAA' } },
      { ...good, response: { ...good.response, attestationObject: 'oA' } },
      { ...good, response: { ...good.response, attestationObject: [] } },
    ];
    for (const credential of bad) {
      expect({ credential, ...told(await add(accessToken, credential)) }).toEqual({
        credential,
        ...NOT_ADDED,
      });
      expect({ credential, ...told(await present(credential)) }).toEqual({
        credential,
        ...REFUSED,
      });
    }
    for (const credential of ['text', 5, null, [good], undefined]) {
      expect((await add(accessToken, credential)).status).toBe(400);
      expect((await present(credential)).status).toBe(400);
    }
    for (const name of ['', '  ', 'x'.repeat(101), 5, null, undefined]) {
      const answer = await api.post(
        '/v1/auth/passkeys/register/verify',
        { credential: good, name },
        { token: accessToken },
      );
      expect({ name, status: answer.status }).toEqual({ name, status: 400 });
    }
    expect(await list(accessToken)).toEqual([]);
  });
});

describe('signing in with a passkey', () => {
  it.each<[string, Conduct]>([
    ['of another page', { origin: 'https://evil.example' }],
    ['for another domain', { rpId: 'evil.example' }],
    ['to no challenge', { challenge: 'bm8gY2hhbGxlbmdl' }],
    ['that is none of signing in', { type: 'webauthn.create' }],
    ['without a user at hand', { isUserPresent: false, isUserVerified: false }],
    ['in another’s name', { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('is refused for an answer %s', async (what, conduct) => {
    const { passkey } = await accountWithPasskey(`${what.replaceAll(/\W/g, '')}@example.com`);
    expect(told(await signIn(passkey, conduct))).toEqual(REFUSED);
    expect((await signIn(passkey)).status).toBe(200);
  });

  it('is refused for another’s signature, and for what was changed after signing', async () => {
    const { passkey, accessToken } = await accountWithPasskey('forged@example.com');
    const { passkey: other } = await accountWithPasskey('forger@example.com');
    const forged = other.get(await requestOptions());
    expect(
      told(await present({ ...forged, id: passkey.credentialId, rawId: passkey.credentialId })),
    ).toEqual(REFUSED);
    const assertion = passkey.get(await requestOptions(), { isUserVerified: false });
    const data = Buffer.from(assertion.response.authenticatorData, 'base64url');
    data[32]! |= 0x04;
    assertion.response.authenticatorData = data.toString('base64url');
    expect(told(await present(assertion))).toEqual(REFUSED);
    expect(await actionsOn(await idOf(accessToken))).toEqual([
      'user.registered',
      'user.passkey_added',
      'auth.passkey_failed',
      'auth.passkey_failed',
    ]);
  });

  it('takes an answer once, also when it is sent many times at once', async () => {
    const { passkey, accessToken } = await accountWithPasskey('replay@example.com');
    const assertion = passkey.get(await requestOptions());
    const answers = await Promise.all(Array.from({ length: 20 }, () => present(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    expect(told(await present(assertion))).toEqual(REFUSED);

    const old = await requestOptions();
    const { body: creation } = await creationOptions(accessToken);
    expect(told(await signIn(passkey, { challenge: creation.challenge }))).toEqual(REFUSED);
    later(301);
    expect(told(await present(passkey.get(old)))).toEqual(REFUSED);
  });

  it('takes a counter that grows, and refuses and reports one that does not', async () => {
    const { passkey, accessToken } = await accountWithPasskey('counter@example.com');
    passkey.counter = 7;
    expect((await signIn(passkey)).status).toBe(200);
    const critical = async () => {
      const admin = (await test.logInAdmin()).accessToken;
      const subject = await idOf(accessToken);
      const found = await api.auditOf(admin, `&severity=critical&subject=${subject}`);
      return found.map(({ action }) => action);
    };

    // without the key nobody can set off the alarm
    passkey.counter = 3;
    const forged = passkey.get(await requestOptions());
    forged.response.signature = Buffer.alloc(70).toString('base64url');
    expect(told(await present(forged))).toEqual(REFUSED);
    expect(await critical()).toEqual([]);

    for (const counter of [7, 6, 0]) {
      passkey.counter = counter;
      expect(told(await signIn(passkey))).toEqual(REFUSED);
    }
    expect(await critical()).toEqual(Array.from({ length: 3 }, () => 'auth.passkey_copied'));
    passkey.counter = 8;
    expect((await signIn(passkey)).status).toBe(200);
  });

  it('says nothing of who has an account or a passkey', async () => {
    const first = await api.post<RequestOptions>('/v1/auth/passkeys/login/options');
    const { passkey } = await accountWithPasskey('quiet@example.com');
    const second = await api.post<RequestOptions>('/v1/auth/passkeys/login/options');
    expect({ ...second.body, challenge: '' }).toEqual({ ...first.body, challenge: '' });
    expect(second.body.challenge).not.toBe(first.body.challenge);

    const unknown = await signIn(new SoftwareAuthenticator());
    const wrong = await signIn(passkey, { origin: 'https://evil.example' });
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
  });

  it('is refused when the account is disabled', async () => {
    const { passkey, accessToken } = await accountWithPasskey('disabled@example.com');
    const id = await idOf(accessToken);
    await test.engine.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [id]);
    expect(told(await signIn(passkey))).toEqual({ status: 403, type: 'account-disabled' });
  });

  it('is two factors when it asked for a finger or a PIN, and one when it did not', async () => {
    const { passkey, accessToken } = await accountWithPasskey('both@example.com');
    const { body } = await api.post<{ otpauthUri: string }>(
      '/v1/auth/2fa/enrol',
      {},
      {
        token: accessToken,
      },
    );
    const app = new AuthenticatorApp(body.otpauthUri);
    await api.post('/v1/auth/2fa/confirm', { code: app.code() }, { token: accessToken });

    expect((await signIn(passkey, { isUserVerified: true })).status).toBe(200);
    const half = await signIn(passkey, { isUserVerified: false });
    expect(told(half)).toEqual({ status: 401, type: 'second-factor-required' });
    const { pendingToken } = half.body;
    const whole = await api.post('/v1/auth/2fa/verify', { pendingToken, code: app.code(1) });
    expect(whole.status).toBe(200);
  });
});

describe('another’s passkey', () => {
  it('is neither listed, renamed nor removed', async () => {
    const { id, accessToken, passkey } = await accountWithPasskey('owner@example.com');
    const { accessToken: other } = await api.join('neighbour@example.com');
    expect(await list(other)).toEqual([]);
    const rename = await api.request(
      'PATCH',
      `/v1/auth/passkeys/${id}`,
      { name: 'x' },
      {
        token: other,
      },
    );
    expect(rename.status).toBe(404);
    expect((await remove(other, id)).status).toBe(404);
    expect((await remove(other, 'not-an-id')).status).toBe(400);
    expect((await list(accessToken)).map(({ name }) => name)).toEqual(['Telephone']);
    expect((await signIn(passkey)).status).toBe(200);
  });
});

it('passkeys are off in production until their domain is set', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  await using off = await startApp({
    NODE_ENV: 'production',
    JWT_SIGNING_KEYS: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    ENCRYPTION_KEYS: `a:${randomBytes(32).toString('base64')}`,
  });
  const { accessToken } = await off.logInAdmin();
  const options = { status: 404, type: 'passkeys-off' };
  expect(told(await off.api.post('/v1/auth/passkeys/login/options'))).toEqual(options);
  const registration = '/v1/auth/passkeys/register/options';
  expect(told(await off.api.post(registration, {}, { token: accessToken }))).toEqual(options);
});
