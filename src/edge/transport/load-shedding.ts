import type { FastifyInstance } from 'fastify';
import { Overloaded } from '#platform/errors/problems';
import type { Metrics } from '#platform/telemetry/metrics';
import { isAlwaysAnswered } from './always-answered.js';
import type { CountedResponse } from './counted-response.js';
import { routeName } from './known-routes.js';
import type { Excess, Load } from './load.js';

export const RETRY_AFTER_SECONDS = 2;

/** Refuses new work at once while there is too much: late answers help nobody. Probes are answered. */
export function shedLoad(server: FastifyInstance, load: Load, metrics: Metrics): ShedCount {
  const shed = metrics.counter(
    'aerie_shed_requests_total',
    'Requests refused because there was too much to do, by what there was too much of.',
    ['reason'],
  );
  metrics.gauge(
    'aerie_turnstile_wait_seconds',
    'How long the first request in line has waited for its turn of the event loop.',
    [],
    (gauge) => gauge.set(load.turnstile.waitMs / 1_000),
  );
  const count = (excess: Excess) => {
    load.noteRefusal(excess);
    shed.inc({ reason: excess.replaceAll(' ', '_') });
  };
  server.addHook('onRequest', (request, reply, done) => {
    const response = reply.raw as CountedResponse;
    const { url } = request.routeOptions;
    const route = url === undefined ? undefined : routeName(request.method, url);
    const isLetIn = response.isUnderWay || isAlwaysAnswered(request); // by shedEarly()
    const excess = isLetIn ? undefined : load.excessFor(() => route);
    if (excess === undefined) {
      if (!isLetIn) load.begin(response); // of another origin, and there is room by now
      if (route !== undefined) load.beginRoute(response, route);
      return done();
    }
    count(excess);
    done(new Overloaded({ cause: new Error(excess), retryAfterSeconds: RETRY_AFTER_SECONDS }));
  });
  return count;
}

export type ShedCount = (excess: Excess) => void;
