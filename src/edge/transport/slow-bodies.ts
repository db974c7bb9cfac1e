import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#platform/config/config';
import type { RefuseRaw } from './raw-refusal.js';

/**
 * Cuts off bodies that do not arrive in time. Node has one bound for all requests, which has to leave
 * room for the longest upload; uploads are watched by their pace instead.
 */
export function cutSlowBodies(server: FastifyInstance, config: Config, refuse: RefuseRaw): void {
  server.addHook('onRequest', ({ raw, headers, routeOptions }, _reply, done) => {
    if (!hasBody(headers) || routeOptions.config.upload) return done();
    const timer = setTimeout(
      () => refuse(raw.socket, 'ERR_HTTP_REQUEST_TIMEOUT'),
      config.REQUEST_TIMEOUT_MS,
    ).unref();
    const stop = () => clearTimeout(timer);
    raw.once('end', stop);
    raw.once('close', stop);
    done();
  });
}

/** RFC 9112 §6.3. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
}
