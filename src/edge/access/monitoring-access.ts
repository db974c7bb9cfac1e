import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '#platform/config/config';
import { addressRanges } from '../transport/address-ranges.js';

const FORWARDING_HEADERS = ['x-forwarded-for', 'x-real-ip', 'forwarded'];

/** Lets in what watches the service and has no account: by METRICS_TOKEN or from METRICS_ALLOW. */
@Injectable()
export class MonitoringAccess {
  private readonly token: Buffer | undefined;
  private readonly isAllowed: (address: string) => boolean;

  constructor({ METRICS_TOKEN: token, METRICS_ALLOW: ranges }: Config) {
    this.token = token === undefined ? undefined : digest(`Bearer ${token}`);
    this.isAllowed = addressRanges(ranges);
  }

  admits(request: FastifyRequest): boolean {
    return this.hasToken(request) || this.isFromNetwork(request);
  }

  private hasToken({ headers }: FastifyRequest): boolean {
    if (this.token === undefined || headers.authorization === undefined) return false;
    return timingSafeEqual(this.token, digest(headers.authorization));
  }

  /**
   * By the address of the connection itself, and only if nobody claims to speak for somebody else:
   * a proxy on an allowed address would let everybody in.
   */
  private isFromNetwork({ socket, headers }: FastifyRequest): boolean {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return false;
    return !FORWARDING_HEADERS.some((name) => name in headers) && this.isAllowed(remoteAddress);
  }
}

/** Of one length whatever was sent, so that the comparison takes one time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
