import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import type { Config } from '#platform/config/config';

const FEATURES = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
] as const;

/** Who may use a feature of the browser: `self`, or origins. */
export type Permissions = Partial<Record<(typeof FEATURES)[number], readonly string[]>>;

/** Nobody may use anything, but for what is given. */
export function permissionsPolicy(permissions: Permissions = {}): string {
  return FEATURES.map((feature) => `${feature}=(${allowList(permissions[feature])})`).join(', ');
}

function allowList(who: readonly string[] = []): string {
  return who.map((origin) => (origin === 'self' ? origin : `"${origin}"`)).join(' ');
}

const ONE_YEAR_SECONDS = 31_536_000;

/**
 * The headers of every response, worked out once by helmet: they are the same each time, and
 * setting them one by one through middleware costs a bare route two fifths of its throughput.
 */
export function securityHeaders(config: Config): Readonly<Record<string, string>> {
  const { CSP_CONNECT_SOURCES: sources } = config;
  const apply = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        ...(sources.length > 0 && {
          connectSrc: ["'self'", ...sources],
          mediaSrc: ["'self'", ...sources],
        }),
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
    'permissions-policy': permissionsPolicy(),
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
