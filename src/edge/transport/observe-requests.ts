import type { FastifyInstance } from 'fastify';
import type { Metrics } from '#platform/telemetry/metrics';
import type { Monitor } from '#platform/telemetry/monitor';
import { RouteTallies } from './route-tallies.js';

/** As nginx has it: nobody waited for the answer. */
const CLIENT_GONE = 499;
/** What watches is not watched: probes would make a service that nobody uses look busy, and well. */
const WATCHERS = /^\/(ping|health|metrics|hardening|console)(\/|$)/;

/** Of a request that was refused before Fastify heard of it. */
export type ObserveRefusal = (method: string, status: number) => void;

/**
 * One observation a request, when its answer has left or its client has, for metrics and monitor.
 * Returns how to observe what does not come by here.
 */
export function observeRequests(
  server: FastifyInstance,
  metrics: Metrics,
  monitor: Monitor,
): ObserveRefusal {
  const tallies = new RouteTallies(metrics);
  const unwatched = new Set<string>();
  let inFlight = 0;
  metrics.gauge('aerie_http_requests_in_flight', 'Requests without their answer.', [], (gauge) =>
    gauge.set(inFlight),
  );
  monitor.addSeries('requestsInFlight', () => inFlight, 'max');

  server.addHook('onRoute', ({ url }) => {
    if (WATCHERS.test(url)) unwatched.add(url);
  });
  server.addHook('onRequest', (request, reply, done) => {
    const startedAt = performance.now();
    inFlight++;
    // and not onResponse, which a client that leaves before its answer does not come to
    reply.raw.once('close', () => {
      inFlight--;
      const durationMs = performance.now() - startedAt;
      const status = reply.raw.writableFinished ? reply.raw.statusCode : CLIENT_GONE;
      const route = request.is404 ? undefined : request.routeOptions.url;
      tallies.add(route, request.method, status, durationMs / 1_000);
      if (route === undefined || !unwatched.has(route)) monitor.observe(durationMs, status);
    });
    done();
  });
  return (method, status) => {
    tallies.add(undefined, method, status, 0);
    monitor.observe(0, status);
  };
}
