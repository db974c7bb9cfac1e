import type { FastifyInstance } from 'fastify';
import type { Config } from '#platform/config/config';
import { isAlwaysAnswered } from './always-answered.js';
import { trustedProxies } from './trusted-proxies.js';

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])$/i;

/**
 * Sends to https what a trusted proxy says came over plain http. Only then: without a proxy, or with
 * one that nobody vouches for, there is no telling whether https is there at all, and a redirect to
 * nowhere is an outage. 308 keeps method and body (RFC 9110 §15.4.9).
 */
export function redirectToHttps(server: FastifyInstance, config: Config): void {
  const isTrusted = trustedProxies(config);
  if (!config.HTTPS_REDIRECT || !isTrusted) return;
  server.addHook('onRequest', (request, reply, done) => {
    const cameBy = request.headers['x-forwarded-proto'];
    const isPlain =
      cameBy !== undefined &&
      request.protocol === 'http' &&
      isTrusted(request.socket.remoteAddress ?? '', 0);
    if (!isPlain || isAlwaysAnswered(request) || !HOST.test(request.hostname)) return done();
    void reply.code(308).header('location', `https://${request.hostname}${request.url}`).send();
  });
}
