import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Permission } from './permissions.js';

export const ACCESS = Symbol('access');
export const VERIFIED_ONLY = Symbol('verified only');

/** What a route asks of its caller: nothing, a sign-in (when unmarked), or a permission. */
export type Access = 'public' | 'signed-in' | Permission;

/** Opens a route to everybody. */
export const Public = () => SetMetadata(ACCESS, 'public' satisfies Access);

/** Opens a route to those whose role has the permission, and to API keys with that scope. */
export const Requires = (permission: Permission) =>
  SetMetadata(ACCESS, permission satisfies Access);

/** In addition, the caller's e-mail address must be verified. */
export const VerifiedOnly = () => SetMetadata(VERIFIED_ONLY, true);

/** The caller, in a route that is not public: `SignedIn`, or `Principal` where a permission is asked. */
export const Caller = createParamDecorator(
  (_: undefined, context: ExecutionContext) =>
    context.switchToHttp().getRequest<FastifyRequest>().principal,
);
