import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Forbidden } from '#platform/errors/problems';
import { PerRoute } from '#platform/routing/per-route';
import { currentRequest } from '#platform/telemetry/request-context';
import { whenThere, type Soon } from '#platform/waiting/soon';
import { accessRuleOf, type AccessRule } from './access-rule.js';
import { EmailUnverified, ForPeopleOnly } from './access.problems.js';
import { Authenticator } from './authenticator.js';
import { MonitoringAccess } from './monitoring-access.js';
import { isPermitted, type Principal } from './principal.js';

/** Closes every route that does not say otherwise. */
@Injectable()
export class AccessGuard implements CanActivate {
  /** Metadata never changes, so it is read once a route and not once a request. */
  private readonly known = new PerRoute<AccessRule>();

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly monitoring: MonitoringAccess,
  ) {}

  canActivate(context: ExecutionContext): Soon<boolean> {
    const { access, isVerifiedOnly, isOpenToMonitoring } = this.ruleOf(context);
    if (access === 'public') return admit();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isOpenToMonitoring && this.monitoring.admits(request)) return admit();
    // the limits may have had to ask already
    return whenThere(request.principal ?? this.authenticator.authenticate(request), (principal) => {
      request.principal = principal;
      noteCaller(principal);
      if (access === 'signed-in') {
        if (!principal.session) throw new ForPeopleOnly();
      } else if (!isPermitted(principal, access)) throw new Forbidden();
      if (isVerifiedOnly && !principal.isEmailVerified) throw new EmailUnverified();
      return admit();
    });
  }

  private ruleOf(context: ExecutionContext): AccessRule {
    return this.known.get(context, (targets) => accessRuleOf(this.reflector, targets));
  }
}

function noteCaller({ userId, tenant }: Principal): void {
  const current = currentRequest();
  if (!current) return;
  current.actor = userId;
  current.tenant = tenant;
}

function admit(): true {
  const current = currentRequest();
  if (current) current.isAdmitted = true;
  return true;
}
