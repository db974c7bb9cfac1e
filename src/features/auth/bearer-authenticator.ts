import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from '#edge/access/authenticator';
import type { Principal } from '#edge/access/principal';
import { Unauthenticated } from '#platform/errors/problems';
import { whenThere, type Soon } from '#platform/waiting/soon';
import { SessionsService } from './sessions.service.js';

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Knows the caller by the access token of a live session. */
@Injectable()
export class BearerAuthenticator extends Authenticator {
  constructor(private readonly sessions: SessionsService) {
    super();
  }

  authenticate(request: FastifyRequest): Soon<Principal> {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new Unauthenticated();
    return whenThere(this.sessions.getByAccessToken(token), ({ session, user }) => ({
      userId: user.id,
      role: user.role,
      isEmailVerified: user.emailVerifiedAt !== null,
      tenant: user.tenant,
      session: { id: session.id, startedAt: session.createdAt },
    }));
  }
}
