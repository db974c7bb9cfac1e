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

const BODY_LIMIT_BYTES = 1_048_576;
const HEADER_LIMIT_BYTES = 16_384;
const ARRIVAL_LIMIT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000; // longer than the 60 s of common load balancers, so that they close first

/** Who is trusted, how big and how slow a request may be, and the answer to what is no request at all. */
export function serverOptions(config: Config): FastifyHttpOptions<Server> {
  const headers = securityHeaders(config);
  return {
    logger: false, // the access line is written by logAccess()
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: trustedProxies(config.TRUST_PROXY),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: ARRIVAL_LIMIT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { maxHeaderSize: HEADER_LIMIT_BYTES, headersTimeout: ARRIVAL_LIMIT_MS },
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

function trustedProxies(trusted: Config['TRUST_PROXY']): FastifyHttpOptions<Server>['trustProxy'] {
  if (Array.isArray(trusted)) return trusted;
  return trusted > 0 && ((_address, hop) => hop < trusted);
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
}

function rawProblem(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RequestTimeout();
  if (code === 'HPE_HEADER_OVERFLOW') return new HeadersTooLarge();
  return new MalformedRequest();
}
