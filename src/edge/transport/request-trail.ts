import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isCounted } from '#edge/rate-limit/rate-limits';
import { userAgentOf } from '#platform/telemetry/request-context';
import type { CompletedRequest, RequestTrail } from '#platform/telemetry/request-trail';

const MUTATING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const TOO_MANY_REQUESTS = 429;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Tells of each request that may have changed something once its answer is known. Before it is sent
 * and not after: a client that hangs up meanwhile would leave no trace. What the limits refused, what
 * was refused before they counted it, and what found no route is left out, so that nobody makes the
 * trail grow faster than the limits allow.
 */
export function leaveTrail(server: FastifyInstance, trail: RequestTrail): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    if (MUTATING.has(request.method) && isCounted(reply) && isLetThrough(request, reply)) {
      const tell = () => trail.report(completed(request, reply));
      // what is sent as it is read is known when the last byte has left
      if (payload instanceof Readable && !reply.raw.closed) reply.raw.once('close', tell);
      else tell();
    }
    done(null, payload);
  });
}

function isLetThrough(request: FastifyRequest, reply: FastifyReply): boolean {
  return request.routeOptions.url !== undefined && reply.statusCode !== TOO_MANY_REQUESTS;
}

function completed(request: FastifyRequest, reply: FastifyReply): CompletedRequest {
  const actor = request.principal?.userId;
  const { id } = (request.params ?? {}) as { id?: string };
  return {
    requestId: request.id,
    address: request.ip,
    userAgent: userAgentOf(request.headers['user-agent']),
    actor,
    // else anybody could put entries into the account of anybody's data
    subject: actor !== undefined && id !== undefined && UUID.test(id) ? id : undefined,
    method: request.method,
    route: request.routeOptions.url!,
    status: reply.statusCode,
    outcome: outcomeOf(reply),
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
  };
}

function outcomeOf({ statusCode, raw }: FastifyReply): CompletedRequest['outcome'] {
  if (statusCode >= 500) return 'failed';
  if (statusCode >= 400) return 'refused';
  return raw.headersSent && !raw.writableFinished ? 'cut off' : 'succeeded';
}
