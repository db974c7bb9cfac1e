import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '#platform/config/config';
import type { Log } from '#platform/logging/log';
import type { CountedResponse } from './counted-response.js';
import { isEventStream } from './event-stream.js';

const LONGEST_PATH = 500;
/** As nginx says it: the client left before there was an answer. */
const CLIENT_LEFT = 499;

/**
 * One line a request, when its answer has left or nobody waits for it any more. The query stays out:
 * people put secrets there.
 */
export function logAccess(server: FastifyInstance, { SLOW_REQUEST_MS }: Config, log: Log): void {
  const lines = log.of('http');
  server.addHook('onRequest', function startAccessLine(request, reply, done) {
    const raw = reply.raw as CountedResponse;
    raw.requestId = request.id;
    const address = request.ip; // a connection that has broken does not know any more
    // `close` comes once, after `finish` or instead of it
    raw.once('close', () => {
      const isSlow = reply.elapsedTime > SLOW_REQUEST_MS && !isEventStream(reply);
      if (isSlow) lines.performance(accessLine(request, reply, address), 'slow request');
      else if (lines.isLevelEnabled('info'))
        lines.info(accessLine(request, reply, address), 'request');
    });
    done();
  });
}

function accessLine(request: FastifyRequest, reply: FastifyReply, address: string) {
  const raw = reply.raw as CountedResponse;
  const isWhole = raw.writableFinished;
  const wasBegun = raw.headersSent;
  return {
    requestId: request.id,
    method: request.method,
    path: request.url.split('?', 1)[0]!.slice(0, LONGEST_PATH),
    route: request.routeOptions.url,
    status: raw.refusedWith ?? (wasBegun ? raw.statusCode : CLIENT_LEFT),
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
    bytes: raw.bodyBytes,
    address,
    user: request.principal?.userId,
    aborted: isWhole || raw.refusedWith !== undefined ? undefined : true,
  };
}
