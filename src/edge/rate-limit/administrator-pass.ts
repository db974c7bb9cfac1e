import { Injectable } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from '#edge/access/authenticator';
import { isPermitted } from '#edge/access/principal';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { digest } from './digest.js';
import { WindowCounts } from './window-counts.js';

const ONE_MINUTE_MS = 60_000;
const MOST_ASKED = 1_000;
const MOST_UNKNOWN_KEYS = 10;

/** Says whether a caller may exceed the limits that spare administrators. */
@Injectable()
export class AdministratorPass {
  /** Credentials that turned out not to be an administrator's, so that they are not looked up each time. */
  private readonly ordinary = new WindowCounts(ONE_MINUTE_MS, MOST_ASKED);
  /** By address: API keys that opened nothing. */
  private readonly unknownKeys = new WindowCounts(ONE_MINUTE_MS, MOST_ASKED);

  constructor(private readonly authenticator: Authenticator) {}

  /**
   * Only here, beyond a bound and with credentials shown, do the limits ask who calls; the access
   * guard takes the answer over. A flood with one ordinary token is looked up once a minute, one
   * with forged tokens costs a signature check each and never reaches the database. Forged API keys
   * would, each of them, so an address that has shown ten is not asked about keys for a minute.
   */
  async isHeldBy(request: FastifyRequest): Promise<boolean> {
    const { authorization, 'x-api-key': apiKey } = request.headers;
    const shown = authorization ?? apiKey;
    if (!shown) return false;
    const token = digest(String(shown));
    const address = normalizeIp(request.ip);
    if (this.ordinary.has(token)) return false;
    if (apiKey !== undefined && this.ordinary.has(address)) return false;
    try {
      request.principal ??= await this.authenticator.authenticate(request);
      if (isPermitted(request.principal, 'limits:exceed')) return true;
    } catch (error) {
      if (error instanceof DatabaseUnavailable) return false;
      const isOneTooMany =
        apiKey !== undefined && this.unknownKeys.add(address).hits >= MOST_UNKNOWN_KEYS;
      if (isOneTooMany) this.ordinary.add(address);
    }
    this.ordinary.add(token);
    return false;
  }
}
