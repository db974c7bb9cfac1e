import type { FastifyInstance } from 'fastify';
import type { Log } from '#platform/logging/log';

const SLOW_MS = 1_000;
const LONGEST_PATH = 500;

/** One line a request, when the last byte has left. The query stays out: people put secrets there. */
export function logAccess(server: FastifyInstance, log: Log): void {
  server.addHook('onResponse', (request, reply, done) => {
    const line = {
      requestId: request.id,
      method: request.method,
      path: request.url.split('?', 1)[0]!.slice(0, LONGEST_PATH),
      route: request.routeOptions.url,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      bytes: Number(reply.getHeader('content-length') ?? 0),
      address: request.ip,
      user: request.principal?.userId,
    };
    if (line.durationMs > SLOW_MS) log.performance(line, 'slow request');
    else log.info(line, 'request');
    done();
  });
}
