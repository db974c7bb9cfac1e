import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { redactShapes } from '#platform/logging/secret-shapes';

const SANE_ID = /^[\w.:-]{1,128}$/;
// https://www.w3.org/TR/trace-context/#traceparent-header
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** The caller's id when it is sane, else the trace's, else a new one that sorts by time. */
export function requestIdOf(request: IncomingMessage): string {
  const { 'x-request-id': own, traceparent } = request.headers;
  // a token sent as an id would stand in the log, the trail and the answer
  if (typeof own === 'string' && SANE_ID.test(own) && redactShapes(own) === own) return own;
  const trace = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  return trace?.[1] ?? newRequestId();
}

const LENGTH_OF_TIME = 12;
const RANDOM_PART = 15;

/**
 * A UUIDv7 (RFC 9562), by the millisecond. Not by the uuid library, which draws its random bytes anew
 * for each and takes 5 µs, a tenth of a bare request; Node draws them for 128 UUIDs at once.
 */
function newRequestId(): string {
  const time = Date.now().toString(16).padStart(LENGTH_OF_TIME, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(RANDOM_PART)}`;
}

/** Says the id on every response, so that a user can quote it and an engineer can find the lines. */
export function sayRequestId(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
}
