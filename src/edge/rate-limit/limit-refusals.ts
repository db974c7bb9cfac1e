import { normalizeIp } from '@nestjs/throttler';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemAnswer } from '#platform/errors/problem-answer';
import { RateLimited } from '#platform/errors/problems';
import { isCounted, RateLimits } from './rate-limits.js';
import { RouteTiers } from './route-tiers.js';

/**
 * Counts what is refused before the guards run, for its path, method, head or body, against the tier
 * `api` of the address; otherwise anybody could search for paths without limit. On the way back,
 * because the body is read after the last hook that comes before the guards.
 */
export function limitRefusals(
  server: FastifyInstance,
  limits: RateLimits,
  tiers: RouteTiers,
): void {
  const take = async (request: FastifyRequest, reply: FastifyReply) =>
    limits.take(tiers.ofRefusals, normalizeIp(request.ip), request, reply);

  server.addHook('onSend', (request, reply, payload, done) => {
    const isRefusal = reply.statusCode >= 400 && reply.statusCode < 500;
    if (!isRefusal || isCounted(reply)) return done(null, payload);
    take(request, reply).then(
      () => done(null, payload),
      (error: unknown) => {
        if (!(error instanceof RateLimited)) return done(null, payload); // the client has left
        reply.removeHeader('allow');
        done(null, JSON.stringify(problemAnswer(error, request, reply)));
      },
    );
  });
}
