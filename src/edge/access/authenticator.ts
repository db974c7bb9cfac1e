import type { FastifyRequest } from 'fastify';
import type { Soon } from '#platform/waiting/soon';
import type { Principal } from './principal.js';

/** Port: finds out who makes a request, at once where memory knows. Throws `Unauthenticated`, or `DatabaseUnavailable` when it cannot tell. */
export abstract class Authenticator {
  abstract authenticate(request: FastifyRequest): Soon<Principal>;
}
