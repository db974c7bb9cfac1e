import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';

let test: TestApp;
let api: Api;

beforeAll(async () => {
  test = await startApp();
  api = test.api;
});
afterAll(() => test[Symbol.asyncDispose]());

type Caller = 'anybody' | 'signed in' | 'admin';

/** Every route there is and the least of those who may call it. A new route goes here by decision. */
const ROUTES: Record<string, Caller> = {
  'DELETE /hardening/guard/blocked/:client': 'admin',
  'GET /.well-known/jwks.json': 'anybody',
  'GET /docs': 'anybody',
  'GET /docs/assets/:name': 'anybody',
  'GET /docs/openapi.json': 'anybody',
  'GET /docs/problems': 'anybody',
  'GET /docs/problems/:slug': 'anybody',
  'GET /hardening/guard/blocked': 'admin',
  'GET /health': 'anybody',
  'GET /health/detailed': 'admin',
  'GET /health/live': 'anybody',
  'GET /health/ready': 'anybody',
  'GET /health/startup': 'anybody',
  'GET /ping': 'anybody',
  'GET /v1/audit': 'admin',
  'DELETE /v1/auth/sessions': 'signed in',
  'DELETE /v1/auth/sessions/:id': 'signed in',
  'GET /v1/auth/sessions': 'signed in',
  'GET /v1/users': 'admin',
  'GET /v1/users/me': 'signed in',
  'POST /hardening/guard/inspect': 'admin',
  'POST /v1/auth/email/change': 'signed in',
  'POST /v1/auth/email/resend': 'anybody',
  'POST /v1/auth/email/verify': 'anybody',
  'POST /v1/auth/login': 'anybody',
  'POST /v1/auth/logout': 'signed in',
  'POST /v1/auth/logout-all': 'signed in',
  'POST /v1/auth/password/change': 'signed in',
  'POST /v1/auth/password/forgot': 'anybody',
  'POST /v1/auth/password/reset': 'anybody',
  'POST /v1/auth/refresh': 'anybody',
  'POST /v1/auth/register': 'anybody',
  'POST /v1/users/:id/disable': 'admin',
  'POST /v1/users/:id/enable': 'admin',
  'PUT /v1/users/:id/role': 'admin',
};

/** What the server itself says it serves; HEAD comes with every GET. */
function servedRoutes(): string[] {
  const table = test.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const routes: string[] = [];
  const path: string[] = [];
  for (const line of table.split('\n').filter(Boolean)) {
    const [, indent = '', segment = '', methods] =
      /^([│├└─\s]*)(\S*)(?: \(([^)]*)\))?$/u.exec(line) ?? [];
    path.length = indent.length / 4;
    path.push(segment);
    for (const method of methods?.split(', ') ?? []) {
      const url = path.join('').replace(/(.)\/$/, '$1');
      if (method !== 'HEAD') routes.push(`${method} ${url}`);
    }
  }
  return [...new Set(routes)].toSorted();
}

it('serves the routes that are listed here, and no others', () => {
  expect(servedRoutes()).toEqual(Object.keys(ROUTES).toSorted());
});

const refused = (status: number) => status === 401 || status === 403;

it('lets in whom the list says, and nobody else', async () => {
  const admin = (await test.logInAdmin()).accessToken;
  const user = (await api.join('user@example.com')).accessToken;
  for (const [route, least] of Object.entries(ROUTES)) {
    const [method, pattern] = route.split(' ') as [string, string];
    if (pattern.startsWith('/v1/auth/logout')) continue; // would end the session that this test uses
    const path = pattern.replace(':name', 'start.js').replace(':slug', 'internal');
    const call = async (token?: string) =>
      (await api.request(method, path, method === 'POST' ? {} : undefined, { token })).status;

    expect({ route, caller: 'nobody', refused: refused(await call()) }).toEqual({
      route,
      caller: 'nobody',
      refused: least !== 'anybody',
    });
    expect({ route, caller: 'user', refused: refused(await call(user)) }).toEqual({
      route,
      caller: 'user',
      refused: least === 'admin',
    });
    expect({ route, caller: 'admin', refused: refused(await call(admin)) }).toEqual({
      route,
      caller: 'admin',
      refused: false,
    });
  }
});

it('closes a route to which nobody gave a thought', async () => {
  expect((await api.post('/v1/auth/logout')).status).toBe(401);
});
