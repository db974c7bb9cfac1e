import { Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Config } from '#platform/config/config';
import { PerRoute } from '#platform/routing/per-route';
import { MalformedRequest } from '#platform/errors/problems';
import { Metrics } from '#platform/telemetry/metrics';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { whenThere, type Soon } from '#platform/waiting/soon';
import { BlockedClients } from './blocked-clients.js';
import { clientOf } from './client-of.js';
import { ExpiringMap } from './expiring-map.js';
import { FieldTreatments } from './field-treatments.js';
import { HeaderInspection } from './header-inspection.js';
import type { Thresholds } from './inspect.js';
import { GUARD_EXEMPT, OPEN_TO_BLOCKED } from './request-guard.decorators.js';
import { SuspiciousInput } from './request-guard.problems.js';
import { RequestInspection, type Suspicion } from './request-inspection.js';
import type { Family } from './rule.js';
import { Walk } from './walk.js';

const MOST_TOOLS = 10_000;
const TOOL_SILENCE_MS = 600_000;
const UNSTORABLE = 'Text must not hold NUL characters or broken Unicode.';

interface Route {
  readonly body: FieldTreatments | undefined;
  readonly query: FieldTreatments | undefined;
  readonly isOpenToBlocked: boolean;
}

/**
 * Normalises the texts of a request, neutralises active markup in them, and refuses or reports what
 * looks like an attack. Clients that go on sending such things are refused for a while.
 */
@Injectable()
export class RequestGuard implements CanActivate {
  /** What the decorators of a route and its DTOs say, read once a route; null for exempt. */
  private readonly known = new PerRoute<Route | null>();
  private readonly thresholds: Thresholds;
  private readonly headers: HeaderInspection;
  /** Tools that were reported a while ago: a script that calls every second says it once. */
  private readonly findings;
  private readonly tools = new ExpiringMap<true>(MOST_TOOLS);

  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
    private readonly events: SecurityEvents,
    private readonly clients: BlockedClients,
    metrics: Metrics,
  ) {
    this.thresholds = { block: config.GUARD_BLOCK_SCORE, report: config.GUARD_REPORT_SCORE };
    this.headers = new HeaderInspection(this.thresholds);
    this.findings = metrics.counter(
      'aerie_guard_findings_total',
      'Requests in which the guard found something, by family of rules and what was done.',
      ['family', 'action'],
    );
  }

  canActivate(context: ExecutionContext): Soon<boolean> {
    const route = this.config.GUARD_MODE === 'off' ? null : this.routeOf(context);
    if (route === null) return true;

    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const refuses = this.config.GUARD_MODE === 'block';
    if (refuses && !route.isOpenToBlocked) this.clients.refuse(request.ip);

    const inspection = new RequestInspection(this.thresholds);
    const tool = this.headers.inspect(request.headers, inspection);
    this.walk(request, route, inspection);
    if (tool) this.reportTool(request, tool);
    const { suspicion } = inspection;
    return whenThere(suspicion && this.act(request, suspicion, refuses), () => {
      // mended in silence, it would be stored as something that nobody sent
      if (inspection.holdsUnstorable) throw new MalformedRequest({ detail: UNSTORABLE });
      return true;
    });
  }

  private async act(
    request: FastifyRequest,
    suspicion: Suspicion,
    refuses: boolean,
  ): Promise<void> {
    const action = refuses ? suspicion.action : 'report';
    this.report(request, suspicion, action);
    // one request counts at most as one attack, however many fields were pasted into it
    const score = Math.min(suspicion.score, this.thresholds.block);
    if (refuses) await this.clients.count(request.ip, score, request.id);
    if (action === 'block') throw new SuspiciousInput();
  }

  private walk(request: FastifyRequest, route: Route, inspection: RequestInspection): void {
    const walk = new Walk(inspection);
    if (request.body != null) request.body = walk.run(request.body, 'body', route.body);
    inspection.place = 'query';
    walk.run(request.query, 'query', route.query);
    inspection.place = 'params';
    walk.run(request.params, 'params');
  }

  private reportTool(request: FastifyRequest, rule: string): void {
    const key = `${rule} ${clientOf(request.ip)}`;
    if (this.tools.get(key)) return;
    this.tools.set(key, true, Date.now() + TOOL_SILENCE_MS);
    const { report: score } = this.thresholds;
    const families = new Set<Family>(['scanner']);
    const suspicion = { rules: new Set([rule]), families, field: 'header.user-agent', score };
    this.report(request, suspicion, 'report');
  }

  /** Where and by which rule, never what was written there. */
  private report(
    request: FastifyRequest,
    { rules, families, field, score }: Omit<Suspicion, 'action'>,
    action: Suspicion['action'],
  ): void {
    for (const family of families) this.findings.inc({ family, action });
    this.events.report({
      action: 'security.input_suspicious',
      requestId: request.id,
      address: request.ip,
      userAgent: field === 'header.user-agent' ? undefined : request.headers['user-agent'],
      metadata: {
        rules: [...rules].join(','),
        field,
        score,
        action,
        route: request.routeOptions.url ?? '',
      },
    });
  }

  private routeOf(context: ExecutionContext): Route | null {
    return this.known.get(context, (targets) =>
      this.reflector.getAllAndOverride<boolean | undefined>(GUARD_EXEMPT, targets)
        ? null
        : {
            ...dtosOf(context.getClass(), context.getHandler().name),
            isOpenToBlocked: this.reflector.getAllAndOverride(OPEN_TO_BLOCKED, targets) === true,
          },
    );
  }
}

/** What `@Body()` and `@Query()` are declared to take, from the metadata that Nest itself goes by. */
function dtosOf(controller: Type, method: string): Omit<Route, 'isOpenToBlocked'> {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ??
    []) as unknown[];
  const dtoOf = (kind: RouteParamtypes) => {
    const [, arg] =
      Object.entries(args).find(
        ([key, { data }]) => key.startsWith(`${kind}:`) && data === undefined,
      ) ?? [];
    return arg && FieldTreatments.of(types[arg.index]);
  };
  return { body: dtoOf(RouteParamtypes.BODY), query: dtoOf(RouteParamtypes.QUERY) };
}
