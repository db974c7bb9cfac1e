import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = '__Host-oidc';
const COOKIE = /(?:^|; ?)__Host-oidc=([\w-]{43})(?:;|$)/;

/** The browser's own value; undefined when it has none, or one that was not given here. */
export function browserOf({ headers }: FastifyRequest): string | undefined {
  return COOKIE.exec(headers.cookie ?? '')?.[1];
}

/**
 * Gives the browser a value that no script reads. One that it has is kept, so that two tabs may be
 * under way at once; `__Host-` keeps a neighbouring host from having set it (RFC 6265bis).
 */
export function markBrowser(
  request: FastifyRequest,
  reply: FastifyReply,
  lifetimeSeconds: number,
): string {
  const value = browserOf(request) ?? randomBytes(32).toString('base64url');
  reply.header(
    'set-cookie',
    `${NAME}=${value}; Max-Age=${lifetimeSeconds}; Path=/; HttpOnly; Secure; SameSite=Lax`,
  );
  return value;
}
