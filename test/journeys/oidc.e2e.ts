import { createHmac } from 'node:crypto';
import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '#platform/database/database';
import { PASSWORD, type Answer, type Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { OIDC, OidcBrowser, statusesOf } from '../oidc-browser.js';
import { CLIENT, startProvider, type TestProvider } from '../openid-provider.js';

let provider: TestProvider;
let test: TestApp;
let api: Api;
let adminToken: string;

beforeAll(async () => {
  provider = await startProvider();
  test = await startApp(provider.environment);
  api = test.api;
  adminToken = (await test.logInAdmin()).accessToken;
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});
afterEach(() => {
  provider.fault = undefined;
  vi.useRealTimers();
});

const browser = (token?: string) => new OidcBrowser(api, provider, token);

const me = async (token: string) => (await api.get('/v1/users/me', { token })).body;

const typeOf = ({ status, body }: Answer) => [status, body['type']];

const problem = (status: number, slug: string) => [status, `/docs/problems/${slug}`];

/** Somebody who is new at the provider and here. */
function newcomer(name: string, verified: boolean | string = true): string {
  const subject = `subject-of-${name}`;
  provider.people.set(subject, { email: `${name}@example.com`, email_verified: verified, name });
  return subject;
}

/** An account that was made here, with a verified address. */
async function owner(name: string) {
  await api.register(`${name}@example.com`);
  await test.app.get(Database).write((db) =>
    db.user.update({
      where: { email: `${name}@example.com` },
      data: { emailVerifiedAt: new Date() },
    }),
  );
  return (await api.logIn(`${name}@example.com`)).body;
}

const identitiesOf = async (token: string) => {
  const { body } = await api.get<{ items: { id: string; issuer: string; subject: string }[] }>(
    `${OIDC}/identities`,
    { token },
  );
  return body.items;
};

/** By its place in the chain: one test is ahead of its time. */
const lastRefusal = async () => {
  const refusals = await api.auditOf(adminToken, '&action=auth.identity_refused');
  const [last] = refusals.toSorted((one, other) => Number(other.sequence) - Number(one.sequence));
  return last?.metadata['reason'];
};

describe('signing in with a provider', () => {
  it('makes an account of a new identity, and leads to the same account ever after', async () => {
    const subject = newcomer('ada');
    const first = await browser().signIn(subject);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ tokenType: 'Bearer', expiresInSeconds: 900 });
    const account = await me(first.body.accessToken);
    expect(account).toMatchObject({ email: 'ada@example.com', name: 'ada', emailVerified: true });

    // the address may change at the provider: the subject is who it is
    provider.people.set(subject, { email: 'countess@example.com', email_verified: false });
    const second = await browser().signIn(subject);
    expect((await me(second.body.accessToken))['id']).toBe(account['id']);
    expect((await api.refresh(second.body.refreshToken)).status).toBe(200);

    const entries = await api.auditOf(adminToken, `&subject=${String(account['id'])}`);
    expect(entries.map(({ action }) => action).toReversed()).toEqual([
      'user.registered',
      'auth.identity_linked',
      'auth.identity_used',
      'auth.identity_used',
    ]);
    expect(entries[2]?.metadata).toEqual({ issuer: provider.issuer });
  });

  it('has no password, neither at first nor by guessing', async () => {
    await browser().signIn(newcomer('nopass'));
    for (const password of ['null', 'undefined', PASSWORD]) {
      expect((await api.logIn('nopass@example.com', password)).status).toBe(401);
    }
  });

  it('asks with state, nonce and PKCE, and gives the browser a cookie that no script reads', async () => {
    const { status, body, headers } = await browser().post<{ authorizationUrl: string }>('/start');
    expect(status).toBe(201);
    const url = new URL(body.authorizationUrl);
    expect(url.origin).toBe(provider.issuer);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-oidc=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  it('works in two tabs of one browser at once', async () => {
    const tabs = browser();
    const first = await tabs.visit(newcomer('tabs'));
    const second = await tabs.visit('subject-of-tabs');
    expect((await tabs.post('/callback', first)).status).toBe(200);
    expect((await tabs.post('/callback', second)).status).toBe(200);
  });

  it('makes one account of twenty callbacks at once', async () => {
    const subject = newcomer('crowd');
    const browsers = Array.from({ length: 20 }, () => browser());
    const answers = await Promise.all(browsers.map((each) => each.visit(subject)));
    const results = await Promise.all(
      browsers.map((each, i) => each.post<{ accessToken: string }>('/callback', answers[i])),
    );
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set([200]));
    const ids = await Promise.all(
      results.map(async ({ body }) => (await me(body.accessToken))['id']),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await identitiesOf(results[0]!.body.accessToken)).toHaveLength(1);
  });

  it('is refused to a disabled account', async () => {
    const subject = newcomer('disabled');
    const { body } = await browser().signIn(subject);
    const id = String((await me(body.accessToken))['id']);
    await test.app
      .get(Database)
      .write((db) => db.user.update({ where: { id }, data: { disabledAt: new Date() } }));
    expect(typeOf(await browser().signIn(subject))).toEqual(problem(403, 'account-disabled'));
  });

  it('does not take a name that looks like an attack', async () => {
    const subject = newcomer('marked');
    const person = provider.people.get(subject)!;
    provider.people.set(subject, { ...person, name: '<img src=x onerror=alert(1)>' });
    const { body } = await browser().signIn(subject);
    expect(await me(body.accessToken)).toMatchObject({ email: 'marked@example.com', name: null });
  });
});

describe('an account that exists', () => {
  it('is not taken over by an identity with its address, and the owner is told what to do', async () => {
    await owner('victim');
    provider.people.set('attacker', { email: 'Victim@Example.com', email_verified: true });
    const refused = await browser().signIn('attacker');
    expect(typeOf(refused)).toEqual(problem(409, 'identity-unlinked'));
    expect(JSON.stringify(refused.body)).not.toContain('Token');
    expect(await lastRefusal()).toBe('identity-unlinked');
    expect(await identitiesOf((await api.logIn('victim@example.com')).body.accessToken)).toEqual(
      [],
    );
  });

  it('is not made of an address that the provider has not verified', async () => {
    for (const verified of [false, 'false', undefined]) {
      const subject = newcomer(`unverified-${String(verified)}`);
      const email = `${subject}@example.com`;
      provider.people.set(subject, { email, email_verified: verified });
      expect(typeOf(await browser().signIn(subject))).toEqual(
        problem(403, 'identity-email-unverified'),
      );
      expect(await lastRefusal()).toBe('identity-email-unverified');
    }
    provider.people.set('nameless', { email_verified: true });
    expect((await browser().signIn('nameless')).status).toBe(403);
    const { body } = await api.get('/v1/users?limit=100', { token: adminToken });
    expect(JSON.stringify(body)).not.toMatch(/subject-of-unverified/);
  });

  it('takes the word of a provider that says it in a string', async () => {
    expect((await browser().signIn(newcomer('wordy', 'true'))).status).toBe(200);
  });
});

describe('a callback', () => {
  const unknown = problem(400, 'oidc-flow-unknown');

  it('is good once, one after the other and at once', async () => {
    const ada = browser();
    const answer = await ada.visit(newcomer('once'));
    const results = await Promise.all(
      Array.from({ length: 10 }, () => ada.post('/callback', answer)),
    );
    expect(statusesOf(results)).toEqual([200, ...Array<number>(9).fill(400)]);
    expect(typeOf(await ada.post('/callback', answer))).toEqual(unknown);
    expect(await lastRefusal()).toBe('oidc-flow-unknown');
  });

  it('belongs to the browser that began, and stays good for it when another one tries', async () => {
    const ada = browser();
    const answer = await ada.visit(newcomer('bound'));
    const thief = browser();
    expect(typeOf(await thief.post('/callback', answer))).toEqual(unknown);
    await thief.post('/start');
    expect(typeOf(await thief.post('/callback', answer))).toEqual(unknown);
    expect((await ada.post('/callback', answer)).status).toBe(200);
  });

  it('belongs to its state', async () => {
    const ada = browser();
    const answer = await ada.visit(newcomer('state'));
    const state = `${answer.state.slice(0, -1)}${answer.state.endsWith('A') ? 'B' : 'A'}`;
    expect(typeOf(await ada.post('/callback', { ...answer, state }))).toEqual(unknown);
  });

  it('is too late after ten minutes', async () => {
    const ada = browser();
    const answer = await ada.visit(newcomer('late'));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    expect(typeOf(await ada.post('/callback', answer))).toEqual(unknown);
  });

  it('takes the code of its own flow only', async () => {
    const [ada, eve] = [browser(), browser()];
    const own = await ada.visit(newcomer('injected'));
    const foreign = await eve.visit(newcomer('eve'));
    const mixed = await ada.post('/callback', { ...own, code: foreign.code });
    expect(typeOf(mixed)).toEqual(problem(401, 'identity-unproven'));
    expect(await lastRefusal()).toBe('identity-unproven');
  });

  it('takes no code twice, though the flow is another one', async () => {
    const ada = browser();
    const used = await ada.visit(newcomer('reused'));
    expect((await ada.post('/callback', used)).status).toBe(200);
    const next = await ada.visit('subject-of-reused');
    const again = await ada.post('/callback', { ...next, code: used.code });
    expect(typeOf(again)).toEqual(problem(401, 'identity-unproven'));
  });

  it('is refused when it comes from another issuer, or from none though this one says its name', async () => {
    for (const iss of ['https://evil.example.com', undefined]) {
      const ada = browser();
      const answer = await ada.visit(newcomer('mixed-up'));
      expect(typeOf(await ada.post('/callback', { ...answer, iss }))).toEqual(
        problem(401, 'identity-unproven'),
      );
    }
  });

  it('is refused when the nonce that was kept is not that of the token', async () => {
    const ada = browser();
    const answer = await ada.visit(newcomer('nonce'));
    await test.app.get(Database).transaction(async () => {
      const database = test.app.get(Database);
      const [last] = await database.read((db) =>
        db.ceremony.findMany({ orderBy: { expiresAt: 'desc' }, take: 1 }),
      );
      const data = { ...(last!.data as object), nonce: 'n'.repeat(43) };
      await database.write((db) =>
        db.ceremony.update({ where: { key: last!.key }, data: { data } }),
      );
    });
    expect(typeOf(await ada.post('/callback', answer))).toEqual(problem(401, 'identity-unproven'));
  });

  it('of the wrong shape is a 400 that takes nothing away', async () => {
    const ada = browser();
    const answer = await ada.visit(newcomer('shapes'));
    for (const body of [
      {},
      { ...answer, code: '' },
      { ...answer, code: 'x'.repeat(5_000) },
      { ...answer, code: ['x'] },
      { ...answer, state: { not: null } },
      { ...answer, state: 'short' },
      { ...answer, iss: 7 },
      { ...answer, error: 'x' },
    ]) {
      expect(typeOf(await ada.post('/callback', body))).toEqual(problem(400, 'validation'));
    }
    expect((await ada.post('/callback', answer)).status).toBe(200);
  });
});

const seconds = () => Math.floor(Date.now() / 1_000);

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs in with a token of our making; `forge` gets the claims of a good one. */
async function signInWith(forge: (claims: JWTPayload) => Promise<string> | string) {
  const ada = browser();
  const answer = await ada.visit(newcomer('forged'));
  const [ceremony] = await test.app
    .get(Database)
    .read((db) => db.ceremony.findMany({ orderBy: { expiresAt: 'desc' }, take: 1 }));
  const { nonce } = ceremony!.data as { nonce: string };
  const idToken = await forge({
    iss: provider.issuer,
    aud: CLIENT.id,
    sub: 'subject-of-forged',
    nonce,
    iat: seconds(),
    exp: seconds() + 60,
    email: 'forged@example.com',
    email_verified: true,
  });
  provider.fault = (request, response) => {
    if (request.url !== '/token') return false;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'a', token_type: 'Bearer', id_token: idToken }));
    return true;
  };
  return ada.post('/callback', answer);
}

describe('an ID token', () => {
  it('is taken when it is as it should be', async () => {
    expect((await signInWith((claims) => provider.sign(claims))).status).toBe(200);
  });

  it.each<[string, JWTPayload]>([
    ['another nonce', { nonce: 'other' }],
    ['no nonce', { nonce: undefined }],
    ['another audience', { aud: 'somebody-else' }],
    ['another issuer', { iss: 'https://evil.example.com' }],
    ['an expiry in the past', { exp: 1 }],
    ['no expiry', { exp: undefined }],
    ['no subject', { sub: undefined }],
    ['a subject that is longer than one may be', { sub: 'x'.repeat(256) }],
  ])('is refused with %s', async (_what, change) => {
    const answer = await signInWith((claims) => provider.sign({ ...claims, ...change }));
    expect(typeOf(answer)).toEqual(problem(401, 'identity-unproven'));
  });

  it('is refused unsigned, or signed by another', async () => {
    const unsigned = await signInWith((claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`);
    expect(unsigned.status).toBe(401);
    const bySecret = await signInWith((claims) => {
      const head = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
      return `${head}.${createHmac('sha256', CLIENT.secret).update(head).digest('base64url')}`;
    });
    expect(bySecret.status).toBe(401);
    await using stranger = await startProvider();
    expect((await signInWith((claims) => stranger.sign(claims))).status).toBe(401);
    const cut = await signInWith(async (claims) => {
      const token = await provider.sign(claims);
      expect(decodeJwt(token).sub).toBe('subject-of-forged');
      return token.slice(0, -8);
    });
    expect(cut.status).toBe(401);
  });
});
