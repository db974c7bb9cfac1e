import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routesOf } from '#operations/docs/route-table';
import { ApiDescription } from '#operations/docs/api-description';
import type { Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { SoftwareAuthenticator } from '../software-authenticator.js';
import { storedSecrets } from '../stored-secrets.js';

let test: TestApp;
let api: Api;
let owner: string;
let thief: string;
let adminToken: string;

/** Never asked. */
const PROVIDER = {
  OIDC_ISSUER: 'http://127.0.0.1:9',
  OIDC_CLIENT_ID: 'aerie',
  OIDC_CLIENT_SECRET: 'a secret of the tests',
  OIDC_REDIRECT_URL: 'http://localhost:5173/signed-in',
};

beforeAll(async () => {
  test = await startApp(PROVIDER);
  api = test.api;
  owner = (await api.join('owner@example.com')).accessToken;
  thief = (await api.join('thief@example.com')).accessToken;
  adminToken = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

/** Where the things of one user are, and how the user comes by one. A new `:id` goes here. */
const OWNED: Record<string, (token: string) => Promise<string>> = {
  '/v1/auth/api-keys/:id': async (token) => {
    const { body } = await api.post('/v1/auth/api-keys', { name: 'x' }, { token });
    return String(body['id']);
  },
  '/v1/auth/oidc/identities/:id': async (token) => {
    const { body: me } = await api.get<{ id: string }>('/v1/users/me', { token });
    await test.engine.pool.query(
      'INSERT INTO identities (issuer, subject, user_id) VALUES ($1, $2::text, $2::uuid) ON CONFLICT DO NOTHING',
      [PROVIDER.OIDC_ISSUER, me.id],
    );
    const { body } = await api.get<{ items: { id: string }[] }>('/v1/auth/oidc/identities', {
      token,
    });
    return body.items[0]!.id;
  },
  '/v1/auth/passkeys/:id': async (token) => {
    const passkey = new SoftwareAuthenticator();
    const options = await api.post<CreationOptions>(
      '/v1/auth/passkeys/register/options',
      {},
      { token },
    );
    const credential = passkey.create(options.body);
    const { body } = await api.post(
      '/v1/auth/passkeys/register/verify',
      { credential, name: 'x' },
      { token },
    );
    return String(body['id']);
  },
  '/v1/auth/sessions/:id': async (token) => {
    const { body } = await api.get<{ items: { id: string }[] }>('/v1/auth/sessions', { token });
    return body.items[0]!.id;
  },
};

type CreationOptions = Parameters<SoftwareAuthenticator['create']>[0];

/** What a method must be sent to get beyond the validation. */
const BODIES: Record<string, object> = { PATCH: { name: 'mine' }, PUT: {}, POST: {} };

const METHODS = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'];

/** All rows of the tables that belong to users, to see that nothing has changed. */
async function everything(): Promise<string> {
  const { rows: tables } = await test.engine.pool.query<{ name: string }>(
    `SELECT DISTINCT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'user_id'`,
  );
  const names = ['users', ...tables.map(({ name }) => name)].toSorted();
  const found: unknown[] = [];
  for (const name of names) {
    found.push((await test.engine.pool.query(`SELECT * FROM "${name}" ORDER BY 1`)).rows);
  }
  return JSON.stringify(found);
}

describe('what belongs to somebody else', () => {
  it('is listed here, wherever an address has an id in it', () => {
    const addressed = routesOf(test.app)
      .filter(({ name, access }) => name.includes('/:id') && access === 'signed-in')
      .map(({ name }) => name.split(' ')[1]);
    expect(new Set(addressed)).toEqual(new Set(Object.keys(OWNED)));
  });

  it.each(Object.keys(OWNED))('is not there by any method: %s', async (pattern) => {
    const id = await OWNED[pattern]!(owner);
    const before = await everything();
    const served = new Set(routesOf(test.app).map(({ name }) => name));
    for (const token of [thief, adminToken]) {
      for (const method of METHODS) {
        const path = pattern.replace(':id', id);
        const { status } = await api.request(method, path, BODIES[method], { token });
        const isServed = served.has(`${method} ${pattern}`);
        expect({ method, status }).toEqual({ method, status: isServed ? 404 : 405 });
      }
    }
    expect(await everything()).toBe(before);
  });

  it.each(Object.keys(OWNED))('is the same as what nobody has: %s', async (pattern) => {
    const remove = async (id: string) => {
      const path = pattern.replace(':id', id);
      const { status, body } = await api.request('DELETE', path, undefined, { token: thief });
      const { requestId: _id, instance: _path, ...document } = body as Record<string, unknown>;
      return { status, document };
    };
    const nothing = await remove(
      pattern.includes('identities') ? 'A'.repeat(43) : '00000000-0000-7000-8000-000000000000',
    );
    expect(await remove(await OWNED[pattern]!(owner))).toEqual(nothing);
  });
});

/** What only the service itself may set, in the spellings that a client might try. */
const FORBIDDEN = {
  role: 'admin',
  roles: ['admin'],
  isAdmin: true,
  isActive: true,
  emailVerified: true,
  emailVerifiedAt: '2020-01-01T00:00:00.000Z',
  email_verified_at: '2020-01-01T00:00:00.000Z',
  id: '00000000-0000-7000-8000-000000000000',
  userId: '00000000-0000-7000-8000-000000000000',
  user: { role: 'admin' },
  passwordHash: '$argon2id$v=19$m=8192,t=2,p=1$AAAA$AAAA',
  secretHash: 'a'.repeat(64),
  disabledAt: null,
  createdAt: '2020-01-01T00:00:00.000Z',
  revokedAt: null,
  lastUsedAt: null,
  prefix: 'mine',
  permissions: ['users:manage'],
};

describe('a field that nobody may set', () => {
  it('is refused by every route that takes a body, and nothing is changed', async () => {
    const before = await everything();
    const bodies = bodiesOf(test.app.get(ApiDescription).document);
    expect(bodies.length).toBeGreaterThan(4);
    for (const { method, path, takes } of bodies) {
      for (const token of [owner, adminToken]) {
        const fields = Object.entries(FORBIDDEN).filter(([field]) => !takes.includes(field));
        const answer = await api.request<{ errors?: { path: string }[] }>(
          method,
          path.replace(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000'),
          Object.fromEntries(fields),
          { token },
        );
        if (answer.status === 403) continue; // not for this caller at all: access.e2e.ts
        expect({ path, status: answer.status }).toEqual({ path, status: 400 });
        const refused = new Set(answer.body.errors!.map((error) => error.path));
        expect(fields.filter(([field]) => !refused.has(field))).toEqual([]);
      }
    }
    expect(await everything()).toBe(before);
  });

  it('is refused beside all that is right', async () => {
    const password = 'correct horse battery staple';
    const right: Record<string, object> = {
      '/v1/auth/register': { email: 'new@example.com', password },
      '/v1/auth/login': { email: 'owner@example.com', password },
      '/v1/auth/api-keys': { name: 'x' },
    };
    const before = await everything();
    for (const [path, body] of Object.entries(right)) {
      for (const [field, value] of Object.entries(FORBIDDEN)) {
        const answer = await api.post(path, { ...body, [field]: value }, { token: owner });
        expect({ path, field, status: answer.status }).toEqual({ path, field, status: 400 });
      }
    }
    expect(await everything()).toBe(before);
  });
});

interface BodyRoute {
  method: string;
  path: string;
  /** The fields that the route declares. */
  takes: string[];
}

function bodiesOf({ paths, components }: OpenAPIObject): BodyRoute[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    (['post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
      const request = item[method]?.requestBody;
      if (!request || !('content' in request)) return [];
      const schema = request.content['application/json']?.schema;
      if (!schema || !('$ref' in schema)) return [];
      const named = components!.schemas![schema.$ref.split('/').at(-1)!]!;
      const takes = 'properties' in named ? Object.keys(named.properties ?? {}) : [];
      return [{ method: method.toUpperCase(), path, takes }];
    }),
  );
}

describe('what secrets are checked by', () => {
  it('stands in no answer that is described', () => {
    const { schemas = {} } = test.app.get(ApiDescription).document.components!;
    const names = Object.values(schemas).flatMap((schema) =>
      'properties' in schema ? Object.keys(schema.properties ?? {}) : [],
    );
    expect(names).toContain('email');
    expect(names.filter((name) => /hash|secret/i.test(name) && name !== 'hash')).toEqual([]);
  });

  it('stands in no answer to its owner or an administrator', async () => {
    await OWNED['/v1/auth/api-keys/:id']!(owner);
    const secrets = await storedSecrets(test);
    expect(secrets.length).toBeGreaterThan(3);
    for (const { name } of routesOf(test.app)) {
      const [method, path] = name.split(' ') as [string, string];
      if (method !== 'GET' || path.includes(':')) continue;
      for (const token of [owner, adminToken]) {
        const text = JSON.stringify((await api.get(path, { token })).body);
        expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      }
    }
  });
});
