import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Forbidden } from '#platform/errors/problems';
import { PerRoute } from '#platform/routing/per-route';
import { currentRequest } from '#platform/telemetry/request-context';
import { accessRuleOf, type AccessRule } from './access-rule.js';
import { EmailUnverified, ForPeopleOnly } from './access.problems.js';
import { Authenticator } from './authenticator.js';
import { MonitoringAccess } from './monitoring-access.js';
import { isPermitted } from './principal.js';

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

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.refuseUnlessPermitted(context);
    const current = currentRequest();
    if (current) current.isAdmitted = true;
    return true;
  }

  private async refuseUnlessPermitted(context: ExecutionContext): Promise<void> {
    const { access, isVerifiedOnly, isOpenToMonitoring } = this.ruleOf(context);
    if (access === 'public') return;

    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isOpenToMonitoring && this.monitoring.admits(request)) return;
    // the limits may have had to ask already
    const principal = (request.principal ??= await this.authenticator.authenticate(request));
    const current = currentRequest();
    if (current) {
      current.actor = principal.userId;
      current.tenant = principal.tenant;
    }

    if (access === 'signed-in') {
      if (!principal.session) throw new ForPeopleOnly();
    } else if (!isPermitted(principal, access)) throw new Forbidden();
    if (isVerifiedOnly && !principal.isEmailVerified) throw new EmailUnverified();
  }

  private ruleOf(context: ExecutionContext): AccessRule {
    return this.known.get(context, (targets) => accessRuleOf(this.reflector, targets));
  }
}
