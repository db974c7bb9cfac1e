import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '#platform/config/config';
import type { Metrics } from '#platform/telemetry/metrics';
import type { SecurityEvents } from '#platform/telemetry/security-events';
import { isAllowedOrigin } from './allowed-origins.js';

const ONE_HOUR_SECONDS = 3_600;
const ONE_MINUTE_MS = 60_000;
const MOST_REPORTED = 100;

/**
 * Lets the pages of CORS_ORIGINS call the API from a browser. Others get no CORS headers at all, so
 * that their browser keeps the answer from them, and are reported.
 */
export async function allowOrigins(
  server: FastifyInstance,
  config: Config,
  events: SecurityEvents,
  metrics: Metrics,
): Promise<void> {
  const { CORS_ORIGINS: origins } = config;
  const isForAll = origins.includes('*');
  if (!isForAll) reportRefused(server, origins, events, metrics);
  if (origins.length === 0) return;
  await server.register(cors, {
    // a function, because the plugin gives its other headers to every origin of a list, refused or not
    origin: isForAll
      ? '*'
      : (origin, decide) => decide(null, origin !== undefined && isAllowedOrigin(origin, origins)),
    credentials: !isForAll,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after'],
    maxAge: ONE_HOUR_SECONDS,
  });
}

/** Once an origin and minute, and a hundred origins a minute at most: anybody can make them up. */
function reportRefused(
  server: FastifyInstance,
  allowed: readonly string[],
  events: SecurityEvents,
  metrics: Metrics,
): void {
  const refused = metrics.counter(
    'aerie_refused_origins_total',
    'Requests from pages of origins that are not on the list.',
  );
  const reported = new Set<string>();
  let minute = 0;
  server.addHook('onRequest', (request, _reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined || isOwn(origin, request) || isAllowedOrigin(origin, allowed)) {
      return done();
    }
    refused.inc();
    const now = Math.floor(Date.now() / ONE_MINUTE_MS);
    if (now !== minute) reported.clear();
    minute = now;
    const named = nameOf(origin);
    if (!reported.has(named) && reported.size < MOST_REPORTED) {
      reported.add(named);
      events.report({
        action: 'security.origin_refused',
        requestId: request.id,
        address: request.ip,
        userAgent: request.headers['user-agent'],
        metadata: { origin: named, method: request.method },
      });
    }
    done();
  });
}

/** Browsers send an Origin with what our own pages post, too. */
function isOwn(origin: string, request: FastifyRequest): boolean {
  return URL.canParse(origin) && new URL(origin).host === request.host;
}

/** An origin and nothing else: this goes into the log. */
function nameOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).origin.slice(0, 300) : 'unreadable';
}
