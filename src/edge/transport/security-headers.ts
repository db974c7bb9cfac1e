import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import type { Config } from '#platform/config/config';

const PERMISSIONS_POLICY =
  'accelerometer=(), autoplay=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), ' +
  'gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()';

const ONE_YEAR_SECONDS = 31_536_000;

/**
 * The headers of every response, worked out once by helmet: they are the same each time, and
 * setting them one by one through middleware costs a bare route two fifths of its throughput.
 */
export function securityHeaders(config: Config): Readonly<Record<string, string>> {
  const apply = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    strictTransportSecurity: config.NODE_ENV === 'production' && {
      maxAge: ONE_YEAR_SECONDS,
      includeSubDomains: true,
    },
  });
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  apply(request, response, () => undefined);
  return Object.freeze({
    ...(response.getHeaders() as Record<string, string>),
    'permissions-policy': PERMISSIONS_POLICY,
    // answers hold personal data and tokens; a route whose answer may be kept says so itself
    'cache-control': 'no-store',
  });
}

export function setSecurityHeaders(server: FastifyInstance, config: Config): void {
  const headers = securityHeaders(config);
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}
