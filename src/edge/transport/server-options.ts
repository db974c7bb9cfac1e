import { readFileSync } from 'node:fs';
import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyHttpOptions, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import type { Config } from '#platform/config/config';
import type { Problem } from '#platform/errors/problem';
import { HeadersTooLarge, MalformedRequest, RequestTimeout } from '#platform/errors/problems';
import { problemDocument, toProblem } from '#platform/errors/to-problem';
import { requestIdOf } from './request-id.js';
import { securityHeaders } from './security-headers.js';
import { trustedProxies } from './trusted-proxies.js';

const BODY_LIMIT_BYTES = 1_048_576;
const HEADER_LIMIT_BYTES = 16_384;
const LONGEST_BETWEEN_CHECKS_MS = 5_000;
const LAST_WORDS_MS = 1_000;
const KEEP_ALIVE_MS = 72_000; // longer than the 60 s of common load balancers, so that they close first

/** Who is trusted, how big and how slow a request may be, and the answer to what is no request at all. */
export function serverOptions(config: Config): FastifyHttpOptions<Server> {
  const headers = securityHeaders(config);
  const tls = certificate(config);
  const arrival = {
    maxHeaderSize: HEADER_LIMIT_BYTES,
    headersTimeout: config.REQUEST_TIMEOUT_MS,
    // Node looks for late requests every 30 s by default, so that half a request is held for a minute
    connectionsCheckingInterval: Math.min(config.REQUEST_TIMEOUT_MS / 4, LONGEST_BETWEEN_CHECKS_MS),
  };
  return {
    logger: false, // the access line is written by logAccess()
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: trustedProxies(config) ?? false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...(tls ? { https: { ...arrival, ...tls } } : { http: arrival }),
    return503OnClosing: false, // refuseUnlessReady() says it as a problem
    routerOptions: { ignoreTrailingSlash: true },
    // hooks do not run for a URL that the router cannot read
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      void reply
        .code(problem.status)
        .headers(headers)
        .header('x-request-id', request.id)
        .type('application/problem+json; charset=utf-8')
        .send(problemDocument(problem, request));
    },
    clientErrorHandler: (error, socket) => refuseRaw(error, socket, headers),
  };
}

/** For https without a proxy in front; config says both files or none. */
function certificate({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }: Config) {
  if (!certFile || !keyFile) return null;
  const minVersion = 'TLSv1.2' as const; // RFC 8996 retired those before it
  return { cert: readFileSync(certFile), key: readFileSync(keyFile), minVersion };
}

/** Node gives up on what is not HTTP before there is a request; it still gets a problem. */
function refuseRaw(error: NodeJS.ErrnoException, socket: Socket, headers: Record<string, string>) {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = rawProblem(error.code);
  const id = uuidv7();
  const body = JSON.stringify(problemDocument(problem, { id, url: '*' }));
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'connection: close',
    `content-length: ${Buffer.byteLength(body)}`,
    'content-type: application/problem+json; charset=utf-8',
    `x-request-id: ${id}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  // whoever keeps its own half open would hold the socket for ever
  setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
}

function rawProblem(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RequestTimeout();
  if (code === 'HPE_HEADER_OVERFLOW') return new HeadersTooLarge();
  return new MalformedRequest();
}
