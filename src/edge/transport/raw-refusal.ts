import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#platform/config/config';
import type { Problem } from '#platform/errors/problem';
import { HeadersTooLarge, MalformedRequest, RequestTimeout } from '#platform/errors/problems';
import { problemDocument } from '#platform/errors/to-problem';
import type { Log } from '#platform/logging/log';
import type { Metrics } from '#platform/telemetry/metrics';
import type { CountedResponse } from './counted-response.js';
import { securityHeaders } from './security-headers.js';

const LAST_WORDS_MS = 1_000;

/** Ends a connection on which something came that is no request. */
export type RefuseRaw = (socket: Socket, code: string | undefined) => void;

/** What was wrong, in few words: anybody can make Node find fault in dozens of ways. */
const REASONS = ['malformed', 'timeout', 'headers_too_large', 'tunnel'] as const;
type Reason = (typeof REASONS)[number];

/** Node gives up on what is not HTTP before there is a request; it gets a problem and a log line all the same. */
export class RawRefusals {
  private readonly counts: Record<Reason, number> = {
    malformed: 0,
    timeout: 0,
    headers_too_large: 0,
    tunnel: 0,
  };
  private readonly headers: readonly string[];

  private readonly log: Log;

  constructor(config: Config, log: Log) {
    this.log = log.of('http');
    this.headers = Object.entries(securityHeaders(config)).map(
      ([name, value]) => `${name}: ${value}`,
    );
  }

  /** The server is there before anything to count in. */
  countIn(metrics: Metrics): void {
    metrics.counter(
      'aerie_raw_refusals_total',
      'What came on a connection and was no request, by what was wrong with it.',
      ['reason'],
      (counter) => {
        counter.reset();
        for (const reason of REASONS) counter.inc({ reason }, this.counts[reason]);
      },
    );
  }

  readonly refuse: RefuseRaw = (socket, code) => {
    const address = socket.remoteAddress;
    const before = messageOn(socket);
    if (before?.req.complete) {
      // what came behind a whole request does not take its answer
      this.counts[reasonOf(code)]++;
      this.log.info({ reason: code, address }, 'no request');
      endAfter(before, socket);
      return;
    }
    if (!before && isInsideBody(socket)) {
      // what was refused by its head has its answer, and its line
      socket.destroy();
      return;
    }
    if (code === 'ECONNRESET' || !socket.writable || before?.headersSent) {
      socket.destroy();
      return;
    }
    const problem = PROBLEMS[reasonOf(code)]();
    const { status } = problem;
    const requestId = before?.requestId ?? uuidv7();
    const body = JSON.stringify(problemDocument(problem, { id: requestId, url: '*' }));
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      `content-length: ${Buffer.byteLength(body)}`,
      'content-type: application/problem+json; charset=utf-8',
      `x-request-id: ${requestId}`,
      ...this.headers,
    ];
    this.counts[reasonOf(code)]++;
    // a request that came by half has a line of its own
    if (before) before.refusedWith = status;
    else this.log.info({ requestId, status, reason: code, address }, 'no request');
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

function reasonOf(code: string | undefined): Reason {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'timeout';
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  return code === 'CONNECT' ? 'tunnel' : 'malformed';
}

const PROBLEMS: Record<Reason, () => Problem> = {
  malformed: () => new MalformedRequest(),
  timeout: () => new RequestTimeout(),
  headers_too_large: () => new HeadersTooLarge(),
  tunnel: () => new MalformedRequest(),
};
