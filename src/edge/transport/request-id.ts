import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
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
  return trace?.[1] ?? uuidv7();
}

/** Says the id on every response, so that a user can quote it and an engineer can find the lines. */
export function sayRequestId(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
}
