import type { FastifyInstance } from 'fastify';
import createRouter, { type HTTPMethod } from 'find-my-way';
import { MethodNotAllowed } from '#platform/errors/problems';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * Answers 405 with Allow instead of 404 where the path exists under other methods (RFC 9110
 * §15.5.6). Fastify has no such look-up, so the routes are kept a second time.
 */
export function refuseWrongMethods(server: FastifyInstance): void {
  const routes = createRouter({ ignoreTrailingSlash: true });
  server.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      if (!routes.hasRoute(each as HTTPMethod, url)) routes.on(each as HTTPMethod, url, () => null);
    }
  });
  server.addHook('onRequest', (request, _reply, done) => {
    // CORS has a route for OPTIONS on every path, which answers what is no preflight with 404
    if (!request.is404 && request.method !== 'OPTIONS') return done();
    const path = request.url.split('?', 1)[0]!;
    const allow = METHODS.filter((method) => routes.find(method, path) !== null);
    done(allow.length > 0 ? new MethodNotAllowed({ allow }) : undefined);
  });
}
