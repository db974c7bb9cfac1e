import type { FastifyInstance } from 'fastify';
import { Overloaded } from '#platform/errors/problems';
import type { Metrics } from '#platform/telemetry/metrics';
import { isAlwaysAnswered } from './always-answered.js';
import type { Load } from './load.js';

const RETRY_AFTER_SECONDS = 2;

/** Refuses new work at once while there is too much: late answers help nobody. Probes are answered. */
export function shedLoad(server: FastifyInstance, load: Load, metrics: Metrics): void {
  const shed = metrics.counter(
    'aerie_shed_requests_total',
    'Requests refused because there was too much to do, by what there was too much of.',
    ['reason'],
  );
  server.addHook('onRequest', (request, _reply, done) => {
    const { excess } = load;
    if (excess === undefined || isAlwaysAnswered(request)) return done();
    shed.inc({ reason: excess.replace(' ', '_') });
    done(new Overloaded({ cause: new Error(excess), retryAfterSeconds: RETRY_AFTER_SECONDS }));
  });
}
