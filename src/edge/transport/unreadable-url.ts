import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

const unreadable = new WeakSet<IncomingMessage>();

/**
 * No hook runs for a URL that the router cannot decode. So it goes round once more, with its percent
 * signs spelt out, and is refused, counted and logged like any other.
 */
export function routeUnreadable(
  _error: Error,
  { raw, server }: FastifyRequest,
  reply: FastifyReply,
): void {
  unreadable.add(raw);
  raw.url = raw.url!.replaceAll('%', '%25');
  server.routing(raw, reply.raw);
}

export function isUnreadable({ raw }: FastifyRequest): boolean {
  return unreadable.has(raw);
}
