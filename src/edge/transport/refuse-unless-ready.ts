import type { FastifyInstance } from 'fastify';
import { NotReady } from '#platform/errors/problems';
import type { Lifecycle } from '#platform/lifecycle/lifecycle';
import { runbook } from '#platform/telemetry/runbooks';
import { isAlwaysAnswered } from './always-answered.js';

/** What the refusal leads to; it stands on nothing that might not be there. */
const EXPLANATIONS = /^\/docs\/problems(\/|\?|$)/;

/**
 * While the service starts or closes there is nothing to wait for: 503 at once, health and what
 * explains the refusal excepted.
 */
export function refuseUnlessReady(server: FastifyInstance, lifecycle: Lifecycle): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (lifecycle.phase === 'ready') return done();
    // tell clients that keep connections alive to take the next one elsewhere
    if (lifecycle.phase !== 'starting') reply.header('connection', 'close');
    if (lifecycle.takesRequests || isAlwaysAnswered(request)) return done();
    if (EXPLANATIONS.test(request.url)) return done();
    const page = runbook(lifecycle.phase === 'starting' ? 'starting' : 'shutdown');
    done(
      new NotReady({ detail: lifecycle.step, retryAfterSeconds: 1, members: { runbook: page } }),
    );
  });
}
