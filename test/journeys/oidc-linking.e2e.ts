import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '#platform/database/database';
import { PASSWORD, type Answer, type Api, type Tokens } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { OIDC, OidcBrowser, statusesOf } from '../oidc-browser.js';
import { startProvider, type TestProvider } from '../openid-provider.js';

let provider: TestProvider;
let test: TestApp;
let api: Api;
let adminToken: string;

beforeAll(async () => {
  // tells claims at its UserInfo endpoint only, as the standard has it
  provider = await startProvider({ tellsInToken: false });
  test = await startApp(provider.environment);
  api = test.api;
  adminToken = (await test.logInAdmin()).accessToken;
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});
afterEach(() => void vi.useRealTimers());

const browser = (token?: string) => new OidcBrowser(api, provider, token);

const meOf = async (token: string) => (await api.get('/v1/users/me', { token })).body;

const typeOf = ({ status, body }: Answer) => [status, body['type']];

const problem = (status: number, slug: string) => [status, `/docs/problems/${slug}`];

/** An account that was made here, with a verified address; it has a person of that name at the provider, too. */
async function owner(name: string): Promise<Tokens> {
  const email = `${name}@example.com`;
  provider.people.set(name, { email, email_verified: true, name });
  await api.register(email);
  const emailVerifiedAt = new Date();
  await test.app
    .get(Database)
    .write((db) => db.user.update({ where: { email }, data: { emailVerifiedAt } }));
  return (await api.logIn(email)).body;
}

const identitiesOf = async (token: string) => {
  const path = `${OIDC}/identities`;
  const { body } = await api.get<{ items: { id: string; subject: string }[] }>(path, { token });
  return body.items;
};

const unlink = (token: string, id: string, body?: object) =>
  api.request<Record<string, unknown>>('DELETE', `${OIDC}/identities/${id}`, body, { token });

describe('linking', () => {
  it('takes the consent of the owner, and then the identity signs in to the account', async () => {
    const { accessToken } = await owner('ada');
    expect(typeOf(await browser().signIn('ada'))).toEqual(problem(409, 'identity-unlinked'));

    const linked = await browser(accessToken).link('ada');
    expect(linked.status).toBe(201);
    expect(linked.body).toMatchObject({ issuer: provider.issuer, subject: 'ada' });
    expect(await identitiesOf(accessToken)).toEqual([linked.body]);

    const { body } = await browser().signIn('ada');
    const account = await meOf(body.accessToken);
    expect(account['id']).toBe((await meOf(accessToken))['id']);
    const id = String(account['id']);
    const [entry] = await api.auditOf(adminToken, `&action=auth.identity_linked&subject=${id}`);
    expect(entry).toMatchObject({ actor: id, metadata: { issuer: provider.issuer } });
  });

  it('is for a verified address and a fresh sign-in, or the password', async () => {
    const unverified = await api.join('unverified@example.com');
    const refused = await browser(unverified.accessToken).post('/link', {});
    expect(typeOf(refused)).toEqual(problem(403, 'email-unverified'));
    expect((await browser().post('/link', {})).status).toBe(401);

    const { accessToken } = await owner('stale');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 660_000 });
    const late = browser(accessToken);
    expect(typeOf(await late.post('/link', {}))).toEqual(problem(403, 'reauthentication-required'));
    expect(typeOf(await late.post('/link', { password: 'wrong' }))).toEqual(
      problem(403, 'wrong-password'),
    );
    expect((await late.post('/link', { password: PASSWORD })).status).toBe(201);
  });

  it('is ended by the session and the browser that began it, and by no other', async () => {
    const unknown = problem(400, 'oidc-flow-unknown');
    const { accessToken } = await owner('begun');
    const own = browser(accessToken);
    const answer = await own.visit('begun', '/link', {});

    const elsewhere = browser(accessToken);
    expect(typeOf(await elsewhere.post('/link/callback', answer))).toEqual(unknown);
    const foreign = browser((await owner('foreign')).accessToken);
    foreign.cookie = own.cookie;
    expect(typeOf(await foreign.post('/link/callback', answer))).toEqual(unknown);
    const sameUser = browser((await api.logIn('begun@example.com')).body.accessToken);
    sameUser.cookie = own.cookie;
    expect(typeOf(await sameUser.post('/link/callback', answer))).toEqual(unknown);
    // nor is what was begun to link good to sign in, and the other way round
    expect(typeOf(await own.post('/callback', answer))).toEqual(unknown);
    const signIn = await own.visit('begun');
    expect(typeOf(await own.post('/link/callback', signIn))).toEqual(unknown);

    expect((await own.post('/link/callback', answer)).status).toBe(201);
    expect(typeOf(await own.post('/link/callback', answer))).toEqual(unknown);
  });

  it('ends with the session that began it', async () => {
    const { accessToken } = await owner('thief');
    const own = browser(accessToken);
    const answer = await own.visit('thief', '/link', {});
    await api.post('/v1/auth/logout', undefined, { token: accessToken });
    expect((await own.post('/link/callback', answer)).status).toBe(401);
  });

  it('refuses an identity that is linked, to this account or another', async () => {
    const first = (await owner('first')).accessToken;
    const second = (await owner('second')).accessToken;
    expect((await browser(first).link('first')).status).toBe(201);
    for (const token of [first, second]) {
      expect(typeOf(await browser(token).link('first'))).toEqual(problem(409, 'identity-taken'));
    }
    expect(await identitiesOf(second)).toEqual([]);
  });

  it('gives an identity to one of two who ask at once', async () => {
    const tokens = [(await owner('left')).accessToken, (await owner('right')).accessToken];
    provider.people.set('between', {});
    const browsers = tokens.map((token) => browser(token));
    const answers = await Promise.all(browsers.map((own) => own.visit('between', '/link', {})));
    const results = await Promise.all(
      browsers.map((own, i) => own.post('/link/callback', answers[i])),
    );
    expect(statusesOf(results)).toEqual([201, 409]);
  });
});

describe('unlinking', () => {
  it('takes the password of an account that has one, and ends signing in by it', async () => {
    const { accessToken: token } = await owner('leaver');
    await browser(token).link('leaver');
    const [identity] = await identitiesOf(token);
    expect(typeOf(await unlink(token, identity!.id))).toEqual(
      problem(403, 'reauthentication-required'),
    );
    expect(typeOf(await unlink(token, identity!.id, { password: 'wrong' }))).toEqual(
      problem(403, 'wrong-password'),
    );
    expect((await unlink(token, identity!.id, { password: PASSWORD })).status).toBe(204);
    expect((await unlink(token, identity!.id, { password: PASSWORD })).status).toBe(404);
    expect(await identitiesOf(token)).toEqual([]);
    expect((await browser().signIn('leaver')).status).toBe(409);
    const [entry] = await api.auditOf(adminToken, '&action=auth.identity_unlinked');
    expect(entry?.metadata).toEqual({ issuer: provider.issuer });
  });

  it('leaves the last way to sign in, whoever asks and however often', async () => {
    provider.people.set('alone', { email: 'alone@example.com', email_verified: true });
    const { accessToken: token } = (await browser().signIn('alone')).body;
    const [only] = await identitiesOf(token);
    expect(typeOf(await unlink(token, only!.id))).toEqual(problem(409, 'last-way-in'));

    provider.people.set('alone-too', {});
    expect((await browser(token).link('alone-too')).status).toBe(201);
    const both = await identitiesOf(token);
    const results = await Promise.all(both.map(({ id }) => unlink(token, id)));
    expect(statusesOf(results)).toEqual([204, 409]);
    expect(await identitiesOf(token)).toHaveLength(1);
  });

  it('does not reach an identity of somebody else', async () => {
    const { accessToken: mine } = await owner('mine');
    await browser(mine).link('mine');
    const [identity] = await identitiesOf(mine);
    const { accessToken: other } = await owner('other');
    expect((await unlink(other, identity!.id, { password: PASSWORD })).status).toBe(404);
    expect(await identitiesOf(mine)).toHaveLength(1);
    expect((await unlink(other, 'x', { password: PASSWORD })).status).toBe(400);
  });
});

it('registers with what the UserInfo endpoint says, and refuses what it says of another', async () => {
  provider.people.set('asked', { email: 'asked@example.com', email_verified: true, name: 'Asked' });
  const { body } = await browser().signIn('asked');
  expect(await meOf(body.accessToken)).toMatchObject({ email: 'asked@example.com', name: 'Asked' });
  const times = provider.asked.get('/me');
  await browser().signIn('asked');
  expect(provider.asked.get('/me')).toBe(times);

  provider.people.set('mixed', { email: 'mixed@example.com', email_verified: true });
  provider.fault = (request, response) => {
    if (request.url !== '/me') return false;
    response.setHeader('content-type', 'application/json');
    response.end('{"sub":"asked","email":"mixed@example.com","email_verified":true}');
    return true;
  };
  expect(typeOf(await browser().signIn('mixed'))).toEqual(problem(401, 'identity-unproven'));
  provider.fault = undefined;
});
