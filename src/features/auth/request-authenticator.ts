import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from '#edge/access/authenticator';
import type { Principal } from '#edge/access/principal';
import { ApiKeyAccessService } from '#features/api-keys/api-key-access.service';
import type { Soon } from '#platform/waiting/soon';
import { TwoCredentials } from './auth.problems.js';
import { BearerAuthenticator } from './bearer-authenticator.js';

/** Asks about the one kind of credentials that a request shows: two might name two callers. */
@Injectable()
export class RequestAuthenticator extends Authenticator {
  constructor(
    private readonly people: BearerAuthenticator,
    private readonly machines: ApiKeyAccessService,
  ) {
    super();
  }

  authenticate(request: FastifyRequest): Soon<Principal> {
    const { authorization, 'x-api-key': apiKey } = request.headers;
    if (apiKey === undefined) return this.people.authenticate(request);
    if (authorization !== undefined) throw new TwoCredentials();
    return this.machines.authenticate(String(apiKey));
  }
}
