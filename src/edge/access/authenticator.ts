import type { FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';

/** Port: finds out who makes a request. Throws `Unauthenticated`, or `DatabaseUnavailable` when it cannot tell. */
export abstract class Authenticator {
  abstract authenticate(request: FastifyRequest): Promise<Principal>;
}
