import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Permission } from './permissions.js';

export const ACCESS = Symbol('access');
export const VERIFIED_ONLY = Symbol('verified only');
export const OPEN_TO_MONITORING = Symbol('open to monitoring');

/** What a route asks of its caller: nothing, a sign-in (when unmarked), or a permission. */
export type Access = 'public' | 'signed-in' | Permission;

/** Opens a route to everybody. */
export const Public = () => SetMetadata(ACCESS, 'public' satisfies Access);

/** Opens a route to those whose role has the permission, and to API keys with that scope. */
export const Requires = (permission: Permission) =>
  SetMetadata(ACCESS, permission satisfies Access);

/** In addition, the caller's e-mail address must be verified. */
export const VerifiedOnly = () => SetMetadata(VERIFIED_ONLY, true);

/** Opens a route to what watches the service as well: by METRICS_TOKEN, or from METRICS_ALLOW. */
export const OpenToMonitoring = () => SetMetadata(OPEN_TO_MONITORING, true);

/** The caller, in a route that is not public: `SignedIn`, or `Principal` where a permission is asked. */
export const Caller = createParamDecorator(
  (_: undefined, context: ExecutionContext) =>
    context.switchToHttp().getRequest<FastifyRequest>().principal,
);
