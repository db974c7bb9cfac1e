import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#platform/config/config';
import type { Problem } from '#platform/errors/problem';
import { HeadersTooLarge, MalformedRequest, RequestTimeout } from '#platform/errors/problems';
import { problemDocument } from '#platform/errors/to-problem';
import type { Log } from '#platform/logging/log';
import type { CountedResponse } from './counted-response.js';
import { securityHeaders } from './security-headers.js';

const LAST_WORDS_MS = 1_000;

/** Ends a connection on which something came that is no request. */
export type RefuseRaw = (socket: Socket, reason: string | undefined) => void;

/** Node gives up on what is not HTTP before there is a request; it gets a problem and a log line all the same. */
export function rawRefusals(config: Config, log: Log): RefuseRaw {
  const accessLog = log.of('http');
  const headers = Object.entries(securityHeaders(config)).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return (socket, reason) => {
    const before = messageOn(socket);
    if (before?.req.complete) {
      // what came behind a whole request does not take its answer
      accessLog.info({ reason, address: socket.remoteAddress }, 'no request');
      endAfter(before, socket);
      return;
    }
    if (!before && isInsideBody(socket)) {
      // what was refused by its head has its answer, and its line
      socket.destroy();
      return;
    }
    if (reason === 'ECONNRESET' || !socket.writable || before?.headersSent) {
      socket.destroy();
      return;
    }
    const problem = rawProblem(reason);
    const { status } = problem;
    const requestId = uuidv7();
    const body = JSON.stringify(problemDocument(problem, { id: requestId, url: '*' }));
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      `content-length: ${Buffer.byteLength(body)}`,
      'content-type: application/problem+json; charset=utf-8',
      `x-request-id: ${requestId}`,
      ...headers,
    ];
    // a request that came by half has a line of its own
    if (before) before.refusedWith = status;
    else accessLog.info({ requestId, status, reason, address: socket.remoteAddress }, 'no request');
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
    // whoever keeps its own half open would hold the socket for ever
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
  };
}

/** CONNECT asks for a tunnel, which Node would end without a word. */
export function refuseTunnels(server: FastifyInstance, refuse: RefuseRaw): void {
  server.server.on('connect', (_request, socket) => refuse(socket as Socket, 'CONNECT'));
}

/** The answer that is under way or next; Node's own handler asks the same (socketOnError in lib/_http_server.js). */
function messageOn(socket: Socket): CountedResponse | null | undefined {
  return Reflect.get(socket, '_httpMessage') as CountedResponse | null | undefined;
}

/** Whether the last request on the socket never came whole. */
function isInsideBody(socket: Socket): boolean {
  const parser = Reflect.get(socket, 'parser') as { incoming?: IncomingMessage | null } | null;
  return parser?.incoming?.complete === false;
}

function endAfter(message: ServerResponse, socket: Socket): void {
  socket.pause();
  if (!message.headersSent) message.setHeader('connection', 'close');
  message.once('close', () => socket.destroySoon());
}

function rawProblem(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RequestTimeout();
  if (code === 'HPE_HEADER_OVERFLOW') return new HeadersTooLarge();
  return new MalformedRequest();
}
