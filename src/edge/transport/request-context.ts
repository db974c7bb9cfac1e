import type { FastifyInstance } from 'fastify';
import { runInContext, userAgentOf } from '#platform/telemetry/request-context';

/**
 * Opens the request's context. In `preHandler`, because reading a body loses the context that was
 * opened before it; whatever runs earlier has the request itself at hand.
 */
export function openRequestContext(server: FastifyInstance): void {
  server.addHook('preHandler', (request, _reply, done) => {
    const context = {
      requestId: request.id,
      address: request.ip,
      userAgent: userAgentOf(request.headers['user-agent']),
    };
    runInContext(context, done);
  });
}
