import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { normaliseEmail } from '#platform/validation/email.decorators';
import { digest } from './digest.js';
import { RateLimits } from './rate-limits.js';
import { RouteTiers } from './route-tiers.js';

const LONGEST_EMAIL = 320;

/**
 * Counts each request against the tiers of its route, before anything is spent on it: by client
 * address (IPv6 by /64), and a sign-in by the account that it is for.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly limits: RateLimits,
    private readonly tiers: RouteTiers,
  ) {
    super(options, storage, reflector);
  }

  protected override async handleRequest({ context }: ThrottlerRequest): Promise<boolean> {
    const { early } = this.tiers.of(context);
    if (early.length === 0) return true;
    const { req, res } = this.getRequestResponse(context);
    const request = req as FastifyRequest;
    const address = await this.getTracker(req);
    // one after the other: what an address is refused must not count against somebody's account
    for (const limit of early) {
      const who = limit.by === 'account' ? accountOf(request) : address;
      if (who !== null) await this.limits.take(limit, who, request, res as FastifyReply);
    }
    return true;
  }
}

/** In whatever case it is typed. What is no text is no account, and the validation refuses it. */
function accountOf({ body }: FastifyRequest): string | null {
  const email = body && typeof body === 'object' && 'email' in body ? body.email : null;
  return typeof email === 'string' ? digest(normaliseEmail(email.slice(0, LONGEST_EMAIL))) : null;
}
