import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#platform/config/config';
import { Overloaded } from '#platform/errors/problems';
import { problemDocument } from '#platform/errors/to-problem';
import type { Log } from '#platform/logging/log';
import { isAlwaysAnswered } from './always-answered.js';
import type { CountedResponse } from './counted-response.js';
import type { KnownRoutes } from './known-routes.js';
import type { Excess, Load } from './load.js';
import { RETRY_AFTER_SECONDS, type ShedCount } from './load-shedding.js';
import type { ObserveRefusal } from './observe-requests.js';
import { requestIdOf } from './request-id.js';
import { securityHeaders } from './security-headers.js';

const SAY_EVERY_MS = 5_000;
const MOST_UNREAD_BYTES = 65_536;
const OVERLOADED = new Overloaded();

interface Surroundings {
  readonly config: Config;
  readonly log: Log;
  readonly count: ShedCount;
  readonly observe: ObserveRefusal;
  readonly routes: KnownRoutes;
}
type Route = (request: IncomingMessage, response: CountedResponse) => void;

/**
 * Refuses what is too much before Fastify hears of it, and without a line in the log for each: with ten
 * times as much as can be done, refusals must cost next to nothing or nothing else gets done. What a
 * page of another origin asks goes on to shedLoad(), which stands behind CORS.
 */
export function shedEarly(
  server: FastifyInstance,
  load: Load,
  { config, log, count, observe, routes }: Surroundings,
): void {
  const common = Object.entries({
    ...securityHeaders(config),
    'content-type': 'application/problem+json; charset=utf-8',
    'retry-after': String(RETRY_AFTER_SECONDS),
  }).flat();
  let unsaid = 0;
  let saidAt = -Infinity;

  const refuse = (request: IncomingMessage, response: CountedResponse, excess: Excess) => {
    const id = requestIdOf(request);
    const document = problemDocument(OVERLOADED, { id, url: request.url! });
    const body = JSON.stringify(document); // as text it leaves in one piece with the head
    const length = String(Buffer.byteLength(body));
    const headers = ['x-request-id', id, 'content-length', length, ...common];
    if (hasMuchToRead(request)) headers.push('connection', 'close');
    response.writeHead(OVERLOADED.status, headers);
    response.end(request.method === 'HEAD' ? undefined : body);
    count(excess);
    observe(request.method!, OVERLOADED.status);
    unsaid++;
    const now = performance.now();
    if (now - saidAt < SAY_EVERY_MS) return;
    const route =
      excess === 'requests for one route'
        ? routes.nameOf(request.method!, request.url!)
        : undefined;
    log.warn(
      { reason: excess, route, refused: unsaid, underWay: load.underWay },
      'too much to do: new requests are refused',
    );
    saidAt = now;
    unsaid = 0;
  };

  const route = server.server.listeners('request')[0] as Route;
  server.server.off('request', route);
  server.server.prependListener('request', (request, raw) => {
    const response = raw as CountedResponse;
    if (isAlwaysAnswered(request)) return route(request, response);
    const excess = load.excessFor(() => routes.nameOf(request.method!, request.url!));
    if (excess === undefined) load.begin(response);
    else if (request.headers.origin === undefined) return refuse(request, response, excess);
    route(request, response);
  });
}

/** A body that nobody wants is read to its end where the connection goes on. */
function hasMuchToRead({ headers }: IncomingMessage): boolean {
  return (
    headers['transfer-encoding'] !== undefined ||
    Number(headers['content-length'] ?? 0) > MOST_UNREAD_BYTES
  );
}
