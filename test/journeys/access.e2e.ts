import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AccessGuard } from '#edge/access/access.guard';
import { may, type Permission, type Role } from '#edge/access/permissions';
import { RateLimitGuard } from '#edge/rate-limit/rate-limit.guard';
import { UserLimitGuard } from '#edge/rate-limit/user-limit.guard';
import { RequestGuard } from '#edge/request-guard/request-guard.guard';
import { routesOf, type Route } from '#operations/docs/route-table';
import type { Prisma } from '#platform/database/generated/client';
import { UsersService } from '#features/users/users.service';
import { PASSWORD, type Api, type RequestOptions } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { servedRoutes } from '../served-routes.js';
import { storedSecrets } from '../stored-secrets.js';

let test: TestApp;
let api: Api;
let routes: Route[];
const answers: string[] = [];

beforeAll(async () => {
  test = await startApp();
  api = test.api;
  routes = routesOf(test.app);
  for (const role of ROLES) await addUser(role);
  await addUser('disabled');
});
afterAll(() => test[Symbol.asyncDispose]());

const ROLES = ['user', 'support', 'admin'] as const satisfies Role[];
const emailOf = (name: string) => `${name}@example.com`;
async function change(name: string, data: Prisma.UserUpdateInput): Promise<void> {
  const users = test.app.get(UsersService);
  const { id } = (await users.findByEmail(emailOf(name)))!;
  await users.update(id, data);
}

async function addUser(name: string): Promise<void> {
  await api.register(emailOf(name));
  await change(name, { role: name === 'disabled' ? 'admin' : (name as Role) });
  await change(name, { emailVerifiedAt: new Date() });
}

/** A new one each time: some routes end the session they are called with. */
const signIn = async (name: string) => (await api.logIn(emailOf(name), PASSWORD)).body.accessToken;

async function makeKey(owner: string, scopes: Permission[]): Promise<RequestOptions> {
  const token = await signIn(owner);
  const { body } = await api.post('/v1/auth/api-keys', { name: 'x', scopes }, { token });
  return { headers: { 'x-api-key': String(body['key']) } };
}

/** What the access guard and those whom it asks refuse with. */
const REFUSALS = new Set([
  'authentication',
  'invalid-token',
  'invalid-api-key',
  'authorisation',
  'for-people-only',
  'email-unverified',
]);

/** `let in`, or the kind of the refusal, whatever the route then makes of the call. */
async function call({ name }: Route, options?: RequestOptions): Promise<string> {
  const [method, pattern] = name.split(' ') as [string, string];
  const path = pattern
    .replace(':name', 'start.js')
    .replace(':slug', 'internal')
    .replace(/:\w+/g, '00000000-0000-7000-8000-000000000000');
  const body = ['POST', 'PUT', 'PATCH'].includes(method) ? {} : undefined;
  const answer = await api.request<{ type?: string }>(method, path, body, options);
  answers.push(JSON.stringify(answer.body));
  if (answer.status >= 500) return `${answer.status}`;
  const type = answer.body?.type?.replace('/docs/problems/', '') ?? '';
  return REFUSALS.has(type) ? type : 'let in';
}

/** What each route says to one caller. */
async function callAll(caller?: () => Promise<RequestOptions>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const route of routes) found[route.name] = await call(route, await caller?.());
  return found;
}

/** What each should say, by its marks. */
const byMarks = (expected: (route: Route) => string) =>
  Object.fromEntries(routes.map((route) => [route.name, expected(route)]));

const unlessPublic = (refusal: string) => (route: Route) =>
  route.access === 'public' ? 'let in' : refusal;

const openToKey =
  (scopes: Permission[]) =>
  ({ access }: Route) => {
    if (access === 'public') return 'let in';
    if (access === 'signed-in') return 'for-people-only';
    return scopes.includes(access) ? 'let in' : 'authorisation';
  };

it('knows the marks of every route that is served', () => {
  expect(routes.map(({ name }) => name)).toEqual(servedRoutes(test));
});

describe('every route, as its marks say, takes', () => {
  it('nobody unknown', async () => {
    expect(await callAll()).toEqual(byMarks(unlessPublic('authentication')));
  });

  it.each(ROLES)('of people what their role may: %s', async (role) => {
    const isOpen = ({ access }: Route) =>
      access === 'public' || access === 'signed-in' || may(role, access);
    expect(await callAll(async () => ({ token: await signIn(role) }))).toEqual(
      byMarks((route) => (isOpen(route) ? 'let in' : 'authorisation')),
    );
  });

  it('no session and no API key of a user who has been disabled', async () => {
    const token = await signIn('disabled');
    const key = await makeKey('disabled', ['account:read', 'users:list', 'audit:read']);
    await change('disabled', { disabledAt: new Date() });
    expect(await callAll(async () => ({ token }))).toEqual(byMarks(unlessPublic('invalid-token')));
    expect(await callAll(async () => key)).toEqual(byMarks(unlessPublic('invalid-api-key')));
  });

  it('nobody unverified where it says so', async () => {
    await change('admin', { emailVerifiedAt: null });
    expect(await callAll(async () => ({ token: await signIn('admin') }))).toEqual(
      byMarks(({ access, isVerifiedOnly }) =>
        access !== 'public' && isVerifiedOnly ? 'email-unverified' : 'let in',
      ),
    );
    await change('admin', { emailVerifiedAt: new Date() });
  });

  it.each<[string, Permission[]]>([
    ['reads the account', ['account:read']],
    ['lists users', ['users:list']],
    ['reads the trail and operates', ['audit:read', 'operations:read', 'operations:write']],
    ['manages and exceeds', ['users:manage', 'limits:exceed']],
  ])('of API keys what their scopes say: one that %s', async (_what, scopes) => {
    const key = await makeKey('admin', scopes);
    expect(await callAll(async () => key)).toEqual(byMarks(openToKey(scopes)));
  });

  it('no API key beyond what its owner’s role has become', async () => {
    const key = await makeKey('admin', ['account:read', 'users:list', 'audit:read']);
    await change('admin', { role: 'user' });
    expect(await callAll(async () => key)).toEqual(byMarks(openToKey(['account:read'])));
    await change('admin', { role: 'admin' });
  });

  it('and says nothing in its answers of what is stored to check secrets by', async () => {
    const secrets = await storedSecrets(test);
    expect(secrets.length).toBeGreaterThan(5); // password hashes and API keys
    expect(answers.length).toBeGreaterThan(routes.length);
    const all = answers.join('\n');
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
    expect(all).not.toMatch(/\$argon2|passwordHash|secretHash|password_hash|secret_hash/);
  });
});

it('who is known from memory passes the guards without waiting', async () => {
  const token = await signIn('user');
  await api.get('/v1/users/me', { token });
  const guards = [RateLimitGuard, RequestGuard, AccessGuard, UserLimitGuard];
  const spies = guards.map((guard) => vi.spyOn(test.app.get(guard), 'canActivate'));
  expect((await api.get('/v1/users/me', { token })).status).toBe(200);
  const waited = spies.map(({ mock }) => mock.results.map(({ value }) => value as unknown));
  vi.restoreAllMocks();
  expect(waited).toEqual(guards.map(() => [true]));
});
