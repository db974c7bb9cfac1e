import type { FastifyReply } from 'fastify';

export const EVENT_STREAM = 'text/event-stream';

/** Whether the answer goes on for as long as somebody listens, so that its duration says nothing. */
export function isEventStream(reply: FastifyReply): boolean {
  return reply.getHeader('content-type') === EVENT_STREAM;
}
