import type { FastifyInstance } from 'fastify';
import { LONGEST_USER_AGENT, runInContext } from '#platform/telemetry/request-context';

/**
 * Opens the request's context. In `preHandler`, because reading a body loses the context that was
 * opened before it; whatever runs earlier has the request itself at hand.
 */
export function openRequestContext(server: FastifyInstance): void {
  server.addHook('preHandler', (request, _reply, done) => {
    const context = {
      requestId: request.id,
      address: request.ip,
      userAgent: request.headers['user-agent']?.slice(0, LONGEST_USER_AGENT),
    };
    runInContext(context, done);
  });
}
