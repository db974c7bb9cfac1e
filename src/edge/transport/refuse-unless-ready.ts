import type { FastifyInstance } from 'fastify';
import { NotReady } from '#platform/errors/problems';
import type { Lifecycle } from '#platform/lifecycle/lifecycle';
import { isAlwaysAnswered } from './always-answered.js';

/** While the service starts or closes there is nothing to wait for: 503 at once, health excepted. */
export function refuseUnlessReady(server: FastifyInstance, lifecycle: Lifecycle): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (lifecycle.phase === 'ready') return done();
    // tell clients that keep connections alive to take the next one elsewhere
    if (lifecycle.phase !== 'starting') reply.header('connection', 'close');
    if (lifecycle.takesRequests || isAlwaysAnswered(request)) return done();
    done(new NotReady({ detail: lifecycle.step, retryAfterSeconds: 1 }));
  });
}
