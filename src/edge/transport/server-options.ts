import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { LogController, type FastifyHttpOptions } from 'fastify';
import type { Config } from '#platform/config/config';
import type { Log } from '#platform/logging/log';
import { SLOWEST_BYTES_PER_SECOND } from '../uploads/pace.js';
import type { RefuseRaw } from './raw-refusal.js';
import { CountedResponse } from './counted-response.js';
import { requestIdOf } from './request-id.js';
import { trustedProxies } from './trusted-proxies.js';
import { routeUnreadable } from './unreadable-url.js';

const BODY_LIMIT_BYTES = 1_048_576;
const HEADER_LIMIT_BYTES = 16_384;
const LONGEST_BETWEEN_CHECKS_MS = 5_000;
const KEEP_ALIVE_MS = 72_000; // longer than the 60 s of common load balancers, so that they close first

export const ROUTER_OPTIONS = {
  ignoreTrailingSlash: true,
  maxParamLength: HEADER_LIMIT_BYTES, // refuseByHead() bounds the whole URL: a long parameter would be answered without any hook
};

/** Who is trusted, how big and how slow a request may be, and the answer to what is no request at all. */
export function serverOptions(
  config: Config,
  log: Log,
  refuseRaw: RefuseRaw,
): FastifyHttpOptions<Server> {
  const tls = certificate(config);
  const arrival = {
    ServerResponse: CountedResponse,
    maxHeaderSize: HEADER_LIMIT_BYTES,
    requireHostHeader: false, // framingProblem() says it as a problem
    headersTimeout: config.REQUEST_TIMEOUT_MS,
    // Node looks for late requests every 30 s by default, so that half a request is held for a minute
    connectionsCheckingInterval: Math.min(config.REQUEST_TIMEOUT_MS / 4, LONGEST_BETWEEN_CHECKS_MS),
  };
  return {
    // Fastify's own warnings; the access line is written by logAccess()
    loggerInstance: log.of('fastify'),
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger, // each line finds its request without a child per request
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: trustedProxies(config) ?? false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: longestUploadMs(config), // others have less: cutSlowBodies()
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...(tls ? { https: { ...arrival, ...tls } } : { http: arrival }),
    return503OnClosing: false, // refuseUnlessReady() says it as a problem
    routerOptions: ROUTER_OPTIONS,
    frameworkErrors: routeUnreadable,
    clientErrorHandler: ({ code }, socket) => refuseRaw(socket, code),
  };
}

/** At the slowest pace that is put up with. */
function longestUploadMs(config: Config): number {
  const seconds = config.UPLOAD_LIMIT_BYTES / SLOWEST_BYTES_PER_SECOND;
  return Math.ceil(seconds * 1_000) + config.REQUEST_TIMEOUT_MS;
}

/** For https without a proxy in front; config says both files or none. */
function certificate({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }: Config) {
  if (!certFile || !keyFile) return null;
  const minVersion = 'TLSv1.2' as const; // RFC 8996 retired those before it
  return { cert: readFileSync(certFile), key: readFileSync(keyFile), minVersion };
}
