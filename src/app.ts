import { VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGuard } from '#edge/access/access.guard';
import { limitRefusals } from '#edge/rate-limit/limit-refusals';
import { RateLimitGuard } from '#edge/rate-limit/rate-limit.guard';
import { RateLimits } from '#edge/rate-limit/rate-limits';
import { RouteTiers } from '#edge/rate-limit/route-tiers';
import { UserLimitGuard } from '#edge/rate-limit/user-limit.guard';
import { RequestGuard } from '#edge/request-guard/request-guard.guard';
import { logAccess } from '#edge/transport/access-log';
import { refuseWrongMethods } from '#edge/transport/allowed-methods';
import { allowOrigins } from '#edge/transport/cors';
import { takeExpectations } from '#edge/transport/framing';
import { redirectToHttps } from '#edge/transport/https-redirect';
import { Load } from '#edge/transport/load';
import { boundArrivingBodies } from '#edge/transport/arriving-bodies';
import { KnownRoutes } from '#edge/transport/known-routes';
import { shedLoad } from '#edge/transport/load-shedding';
import { observeRequests } from '#edge/transport/observe-requests';
import { RawRefusals, refuseTunnels } from '#edge/transport/raw-refusal';
import { refuseByHead } from '#edge/transport/refuse-by-head';
import { refuseUnlessReady } from '#edge/transport/refuse-unless-ready';
import { openRequestContext } from '#edge/transport/request-context';
import { sayRequestId } from '#edge/transport/request-id';
import { leaveTrail } from '#edge/transport/request-trail';
import { closeUnusedConnections } from '#edge/transport/unused-connections';
import { shedEarly } from '#edge/transport/shed-early';
import { setSecurityHeaders } from '#edge/transport/security-headers';
import { serverOptions } from '#edge/transport/server-options';
import { cutSlowBodies } from '#edge/transport/slow-bodies';
import { takeStrictJson } from '#edge/transport/strict-json';
import { AuditTrail } from '#features/audit/audit-trail';
import { traceRequests } from '#edge/transport/trace-requests';
import { takeTurns } from '#edge/transport/turnstile';
import { takeUploads } from '#edge/uploads/take-uploads';
import { FirstAdministrator, type UnseenPassword } from '#features/users/first-administrator';
import { ApiDescription } from '#operations/docs/api-description';
import { Migrations } from '#platform/database/migrations';
import { waitForDatabase } from '#platform/database/wait-for-database';
import { ProblemFilter } from '#platform/errors/problem.filter';
import { Lifecycle } from '#platform/lifecycle/lifecycle';
import { Log } from '#platform/logging/log';
import { FrameworkLogger } from '#platform/logging/framework-logger';
import { Queue } from '#platform/queue/queue';
import { Metrics } from '#platform/telemetry/metrics';
import { Monitor } from '#platform/telemetry/monitor';
import { RequestTrail } from '#platform/telemetry/request-trail';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { Tracing } from '#platform/telemetry/tracing';
import { validationPipe } from '#platform/validation/validation.pipe';
import { AppModule, type Foundation } from './app.module.js';

/**
 * Builds the application: the way of a request, from top to bottom. It answers health at once and
 * everything else after `prepare()`.
 */
export async function createApp(foundation: Foundation): Promise<NestFastifyApplication> {
  const { config, log } = foundation;

  // 1. id, size and time limits of what arrives
  const raw = new RawRefusals(config, log);
  const adapter = new FastifyAdapter({
    ...serverOptions(config, log, raw.refuse),
    skipMiddie: true,
  });
  const server = adapter.getInstance();
  refuseTunnels(server, raw.refuse);
  takeExpectations(server);
  closeUnusedConnections(server);
  takeStrictJson(server);
  takeUploads(server, config, raw.refuse);
  server.decorateRequest('principal', null);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.on(foundation), adapter, {
    bodyParser: false, // takeStrictJson()
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(FrameworkLogger));

  // 2. before the route: each of these is a line in the order that requests meet it
  const metrics = app.get(Metrics);
  raw.countIn(metrics);
  const routes = new KnownRoutes(server);
  const observe = observeRequests(server, metrics, app.get(Monitor)); // the observation is made at the end
  logAccess(server, config, log); // when the answer has left
  sayRequestId(server);
  setSecurityHeaders(server, config);
  redirectToHttps(server, config);
  await allowOrigins(server, config, app.get(SecurityEvents), metrics);
  const count = shedLoad(server, app.get(Load), metrics);
  shedEarly(server, app.get(Load), { config, log, count, observe, routes }); // before all of these
  refuseUnlessReady(server, app.get(Lifecycle));
  refuseByHead(server);
  cutSlowBodies(server, config, raw.refuse);
  boundArrivingBodies(server, app.get(Load));
  refuseWrongMethods(server, routes);
  openRequestContext(server, config);
  takeTurns(server, app.get(Load).turnstile);
  traceRequests(server, app.get(Tracing));
  limitRefusals(server, app.get(RateLimits), app.get(RouteTiers));
  leaveTrail(server, app.get(RequestTrail));

  // 3. the route: /v1/…, limits, suspicious input, access, validation, and at the end of every failure a problem
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  app.useGlobalGuards(
    app.get(RateLimitGuard),
    app.get(RequestGuard),
    app.get(AccessGuard),
    app.get(UserLimitGuard),
  );
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter(config, log));

  await app.init();
  app.get(ApiDescription).of(app);
  return app;
}

/**
 * Brings the database up to date and makes the first administrator, after which the application
 * takes requests. Waits for a database that does not answer. Returns the administrator's password
 * if it was made here and has not been shown yet.
 */
export async function prepare(app: NestFastifyApplication): Promise<UnseenPassword | null> {
  const lifecycle = app.get(Lifecycle);
  const unseenPassword = await waitForDatabase(
    async () => {
      lifecycle.step = 'applying migrations';
      await app.get(Migrations).deploy();
      lifecycle.step = 'starting the queue';
      await app.get(Queue).start();
      lifecycle.step = 'sealing the audit trail';
      await app.get(AuditTrail).start();
      lifecycle.step = 'looking for an administrator';
      return app.get(FirstAdministrator).ensure();
    },
    lifecycle,
    app.get(Log),
  );
  lifecycle.step = 'started';
  lifecycle.enter('ready');
  return unseenPassword;
}
