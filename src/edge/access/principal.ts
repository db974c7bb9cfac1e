import type { Role } from './permissions.js';

/** Who makes the request, as the access guard found out. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: Role;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard on every route that is not public. */
    principal: Principal | null;
  }
}
