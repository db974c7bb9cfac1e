import type { FastifyInstance } from 'fastify';
import {
  HeadersTooLarge,
  MalformedRequest,
  UnsupportedMediaType,
  UriTooLong,
} from '#platform/errors/problems';
import { framingProblem } from './framing.js';
import { isUnreadable } from './unreadable-url.js';

const LONGEST_URL = 8_192;
const MOST_HEADERS = 100;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;

/**
 * What can be refused by the head of a request, before any of its body is read: an endless URL, a
 * heap of headers, text that is not UTF-8 (JSON has no other, RFC 8259 §8.1), and anything packed,
 * since a kilobyte may unpack to a gigabyte.
 */
export function refuseByHead(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const misframed = framingProblem(request);
    if (misframed) {
      reply.header('connection', 'close');
      return done(misframed);
    }
    if (isUnreadable(request)) return done(new MalformedRequest());
    if (request.url.length > LONGEST_URL) return done(new UriTooLong());
    if (request.raw.rawHeaders.length / 2 > MOST_HEADERS) return done(new HeadersTooLarge());
    const { 'content-encoding': encoding, 'content-type': type } = request.headers;
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      reply.header('accept-encoding', 'identity'); // RFC 7694 §3
      return done(new UnsupportedMediaType({ detail: 'The body must come unpacked.' }));
    }
    const charset = type === undefined ? undefined : CHARSET.exec(type)?.[1]?.toLowerCase();
    if (charset !== undefined && charset !== 'utf-8') {
      return done(new UnsupportedMediaType({ detail: 'The body must be UTF-8.' }));
    }
    done();
  });
}
