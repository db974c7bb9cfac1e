import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isAlwaysAnswered } from './always-answered.js';
import type { RequestSpan, Tracing } from '#platform/telemetry/tracing';

/** A span for each request but probes and scrapes, named by its route, with the id by which log and answer name it. */
export function traceRequests(server: FastifyInstance, tracing: Tracing): void {
  if (!tracing.isOn) return;
  const spans = new WeakMap<FastifyRequest, RequestSpan>();

  server.addHook('onRequest', (request, reply, done) => {
    if (isAlwaysAnswered(request)) return done();
    const span = tracing.beginRequest(request.headers, {
      'aerie.request_id': request.id,
      'http.request.method': request.method,
      'url.path': request.url.split('?', 1)[0], // the query stays out: people put secrets there
    });
    spans.set(request, span);
    reply.raw.once('close', () => {
      const { url: route = 'unmatched' } = request.is404 ? {} : request.routeOptions;
      const { statusCode, writableFinished } = reply.raw;
      const attributes = { 'http.route': route, 'http.response.status_code': statusCode };
      span.end(`${request.method} ${route}`, attributes, statusCode >= 500 || !writableFinished);
    });
    done();
  });
  // as openRequestContext(): reading a body loses the context that was opened before it
  server.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
}
