import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Forbidden } from '#platform/errors/problems';
import { PerRoute } from '#platform/routing/per-route';
import { currentRequest } from '#platform/telemetry/request-context';
import { ACCESS, type Access } from './access.decorators.js';
import { Authenticator } from './authenticator.js';
import { may } from './permissions.js';

/** Closes every route that does not say otherwise. */
@Injectable()
export class AccessGuard implements CanActivate {
  /** Metadata never changes, so it is read once a route and not once a request. */
  private readonly known = new PerRoute<Access>();

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.accessOf(context);
    if (access === 'public') return true;

    const request = context.switchToHttp().getRequest<FastifyRequest>();
    // the limits may have had to ask already
    const principal = (request.principal ??= await this.authenticator.authenticate(request));
    const current = currentRequest();
    if (current) current.actor = principal.userId;

    if (access !== 'signed-in' && !may(principal.role, access)) throw new Forbidden();
    return true;
  }

  private accessOf(context: ExecutionContext): Access {
    return this.known.get(
      context,
      (targets) => this.reflector.getAllAndOverride<Access>(ACCESS, targets) ?? 'signed-in',
    );
  }
}
