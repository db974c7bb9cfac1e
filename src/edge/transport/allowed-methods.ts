import type { FastifyInstance } from 'fastify';
import { MethodNotAllowed } from '#platform/errors/problems';
import type { KnownRoutes } from './known-routes.js';

/** Answers 405 with Allow instead of 404 where the path exists under other methods (RFC 9110 §15.5.6). */
export function refuseWrongMethods(server: FastifyInstance, routes: KnownRoutes): void {
  server.addHook('onRequest', (request, _reply, done) => {
    // CORS has a route for OPTIONS on every path, which answers what is no preflight with 404
    if (!request.is404 && request.method !== 'OPTIONS') return done();
    const allow = routes.methodsFor(request.url);
    done(allow.length > 0 ? new MethodNotAllowed({ allow }) : undefined);
  });
}
