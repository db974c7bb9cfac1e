import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from '#edge/access/authenticator';
import type { Principal } from '#edge/access/principal';
import { Unauthenticated } from '#platform/errors/problems';
import { SessionsService } from './sessions.service.js';

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Knows the caller by the access token of a live session. */
@Injectable()
export class BearerAuthenticator extends Authenticator {
  constructor(private readonly sessions: SessionsService) {
    super();
  }

  async authenticate(request: FastifyRequest): Promise<Principal> {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new Unauthenticated();
    const { session, user } = await this.sessions.getByAccessToken(token);
    return {
      userId: user.id,
      role: user.role,
      isEmailVerified: user.emailVerifiedAt !== null,
      tenant: user.tenant,
      session: { id: session.id, startedAt: session.createdAt },
    };
  }
}
