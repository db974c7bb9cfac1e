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
import { RateLimits } from './rate-limits.js';
import { RouteTiers } from './route-tiers.js';

/**
 * Counts each request against the tiers of its route, before anything is spent on it, by client
 * address (IPv6 by /64).
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
    for (const limit of early) await this.limits.take(limit, address, request, res as FastifyReply);
    return true;
  }
}
