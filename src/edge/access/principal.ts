import { may, type Permission, type Role } from './permissions.js';

/** Who makes the request, as the access guard found out. */
export interface Principal {
  readonly userId: string;
  readonly role: Role;
  readonly isEmailVerified: boolean;
  /** The organisation that the user, or the owner of the API key, belongs to. */
  readonly tenant: string | null;
  /** The sign-in that the token belongs to; a machine with an API key has none. */
  readonly session?: { readonly id: string; readonly startedAt: Date };
  /** The API key that a machine showed. */
  readonly apiKeyId?: string;
  /** What the API key was made for; a person may do all that the role may. */
  readonly scopes?: readonly Permission[];
}

/** A person: the caller of every route that is neither public nor asks for a permission. */
export type SignedIn = Principal & Required<Pick<Principal, 'session'>>;

/** A key may do what it was made for, and never more than its owner may by now. */
export function isPermitted({ role, scopes }: Principal, permission: Permission): boolean {
  return may(role, permission) && (scopes?.includes(permission) ?? true);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard on every route that is not public. */
    principal: Principal | null;
  }
}
