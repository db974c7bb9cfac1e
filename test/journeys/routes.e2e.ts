import { afterAll, beforeAll, expect, it } from 'vitest';
import { may, type Role } from '#edge/access/permissions';
import { routesOf, type Route } from '#operations/docs/route-table';
import { startApp, type TestApp } from '../app.js';
import { servedRoutes } from '../served-routes.js';

let test: TestApp;

beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test[Symbol.asyncDispose]());

type Caller = 'anybody' | 'signed in' | 'support' | 'admin';

/** Every route there is and the least of those who may call it. A new route goes here by decision. */
const ROUTES: Record<string, Caller> = {
  'DELETE /hardening/guard/blocked/:client': 'admin',
  'DELETE /hardening/jobs/:queue/dead/:id': 'admin',
  'DELETE /v1/alerts/rules/:id': 'admin',
  'DELETE /v1/auth/api-keys/:id': 'signed in',
  'DELETE /v1/auth/oidc/identities/:id': 'signed in',
  'DELETE /v1/auth/passkeys/:id': 'signed in',
  'DELETE /v1/auth/sessions': 'signed in',
  'DELETE /v1/auth/sessions/:id': 'signed in',
  'DELETE /v1/users/:id/sessions': 'admin',
  'DELETE /v1/users/:id/sessions/:session': 'admin',
  'DELETE /v1/users/me': 'signed in',
  'DELETE /v1/users/me/picture': 'signed in',
  'GET /.well-known/jwks.json': 'anybody',
  'GET /console': 'anybody',
  'GET /console/assets/:folder/:name': 'anybody',
  'GET /docs': 'anybody',
  'GET /docs/assets/:name': 'anybody',
  'GET /docs/openapi.json': 'anybody',
  'GET /docs/problems': 'anybody',
  'GET /docs/problems/:slug': 'anybody',
  'GET /hardening/config': 'admin',
  'GET /hardening/database': 'admin',
  'GET /hardening/events': 'admin',
  'GET /hardening/guard/blocked': 'admin',
  'GET /hardening/health': 'admin',
  'GET /hardening/jobs': 'admin',
  'GET /hardening/jobs/:queue/dead': 'admin',
  'GET /hardening/log-levels': 'admin',
  'GET /hardening/metrics': 'admin',
  'GET /hardening/metrics/history': 'admin',
  'GET /hardening/scan': 'admin',
  'GET /hardening/security': 'admin',
  'GET /hardening/slow-queries': 'admin',
  'GET /health': 'anybody',
  'GET /health/detailed': 'admin',
  'GET /health/live': 'anybody',
  'GET /health/ready': 'anybody',
  'GET /health/startup': 'anybody',
  'GET /metrics': 'admin',
  'GET /ping': 'anybody',
  'GET /v1/alerts': 'admin',
  'GET /v1/alerts/rules': 'admin',
  'GET /v1/audit': 'admin',
  'GET /v1/audit/export': 'admin',
  'GET /v1/audit/verify': 'admin',
  'GET /v1/auth/api-keys': 'signed in',
  'GET /v1/auth/oidc/identities': 'signed in',
  'GET /v1/auth/passkeys': 'signed in',
  'GET /v1/auth/sessions': 'signed in',
  'GET /v1/users': 'support',
  'GET /v1/users/:id/sessions': 'admin',
  'GET /v1/users/me': 'signed in',
  'GET /v1/users/me/picture': 'signed in',
  'GET /v1/users/operator': 'admin',
  'PATCH /v1/auth/passkeys/:id': 'signed in',
  'POST /hardening/database/reset-metrics': 'admin',
  'POST /hardening/guard/inspect': 'admin',
  'POST /hardening/jobs/:queue/dead/:id/retry': 'admin',
  'POST /hardening/scan': 'admin',
  'POST /v1/alerts/:id/acknowledge': 'admin',
  'POST /v1/alerts/:id/silence': 'admin',
  'POST /v1/alerts/rules/:id/dry-run': 'admin',
  'POST /v1/alerts/test': 'admin',
  'POST /v1/auth/2fa/confirm': 'signed in',
  'POST /v1/auth/2fa/disable': 'signed in',
  'POST /v1/auth/2fa/enrol': 'signed in',
  'POST /v1/auth/2fa/recovery-codes': 'signed in',
  'POST /v1/auth/2fa/verify': 'anybody',
  'POST /v1/auth/api-keys': 'signed in',
  'POST /v1/auth/email/change': 'signed in',
  'POST /v1/auth/email/resend': 'anybody',
  'POST /v1/auth/email/verify': 'anybody',
  'POST /v1/auth/login': 'anybody',
  'POST /v1/auth/logout': 'signed in',
  'POST /v1/auth/logout-all': 'signed in',
  'POST /v1/auth/oidc/callback': 'anybody',
  'POST /v1/auth/oidc/link': 'signed in',
  'POST /v1/auth/oidc/link/callback': 'signed in',
  'POST /v1/auth/oidc/start': 'anybody',
  'POST /v1/auth/passkeys/login/options': 'anybody',
  'POST /v1/auth/passkeys/login/verify': 'anybody',
  'POST /v1/auth/passkeys/register/options': 'signed in',
  'POST /v1/auth/passkeys/register/verify': 'signed in',
  'POST /v1/auth/password/change': 'signed in',
  'POST /v1/auth/password/forgot': 'anybody',
  'POST /v1/auth/password/reset': 'anybody',
  'POST /v1/auth/refresh': 'anybody',
  'POST /v1/auth/register': 'anybody',
  'POST /v1/users/:id/disable': 'admin',
  'POST /v1/users/:id/enable': 'admin',
  'POST /v1/users/me/export': 'signed in',
  'PUT /hardening/log-levels': 'admin',
  'PUT /v1/alerts/rules/:id': 'admin',
  'PUT /v1/users/:id/role': 'admin',
  'PUT /v1/users/:id/tenant': 'admin',
  'PUT /v1/users/me/picture': 'signed in',
};

it('serves the routes that are listed here, and no others', () => {
  expect(servedRoutes(test)).toEqual(Object.keys(ROUTES).toSorted());
});

it('marks each with the least caller that is listed here', () => {
  const marked = routesOf(test.app).map((route) => [route.name, leastCallerOf(route)]);
  expect(Object.fromEntries(marked)).toEqual(ROUTES);
});

function leastCallerOf({ access }: Route): Caller {
  if (access === 'public') return 'anybody';
  const least = (['user', 'support', 'admin'] satisfies Role[]).find(
    (role) => access === 'signed-in' || may(role, access),
  );
  return least === 'user' ? 'signed in' : least!;
}
