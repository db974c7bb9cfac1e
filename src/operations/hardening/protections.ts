import { Injectable } from '@nestjs/common';
import { RateLimitCounters } from '#edge/rate-limit/counters';
import { BlockedClients } from '#edge/request-guard/blocked-clients';
import { EffectiveConfig } from '#platform/config/effective-config';
import { Config } from '#platform/config/config';
import { SecurityTally } from './security-tally.js';

export interface Protection {
  readonly name: string;
  readonly against: string;
  readonly state: 'on' | 'reports only' | 'off' | 'degraded';
  /** The variables that set it, as they are. */
  readonly settings: Record<string, string>;
  /** What it noticed since the start. */
  readonly noticed: Record<string, number>;
}

const GUARD_STATES = { block: 'on', report: 'reports only', off: 'off' } as const;

/** What stands between the service and those who mean it ill. */
@Injectable()
export class Protections {
  constructor(
    private readonly config: Config,
    private readonly effective: EffectiveConfig,
    private readonly tally: SecurityTally,
    private readonly clients: BlockedClients,
    private readonly counters: RateLimitCounters,
  ) {}

  list(): Protection[] {
    return [this.rateLimits(), this.guard(), this.origins(), this.loadShedding(), this.transport()];
  }

  private rateLimits(): Protection {
    return {
      name: 'rate limits',
      against: 'More requests than one client may make.',
      state: this.counters.state === 'degraded' ? 'degraded' : 'on',
      settings: this.settings('RATE_LIMIT_', 'SLOWDOWN_AFTER'),
      noticed: { 'limits exceeded': this.tally.of('security.rate_limited') },
    };
  }

  private guard(): Protection {
    return {
      name: 'request guard',
      against: 'Input that looks like an attack, and clients who go on with it.',
      state: GUARD_STATES[this.config.GUARD_MODE],
      settings: this.settings('GUARD_'),
      noticed: {
        'suspicious inputs': this.tally.of('security.input_suspicious'),
        'clients blocked': this.tally.of('security.client_blocked'),
        'clients blocked now': this.clients.list().length,
      },
    };
  }

  private origins(): Protection {
    return {
      name: 'origins',
      against: 'Pages of strangers that call the API from a browser.',
      state: 'on',
      settings: this.settings('CORS_ORIGINS'),
      noticed: { 'origins refused': this.tally.of('security.origin_refused') },
    };
  }

  private loadShedding(): Protection {
    return {
      name: 'load shedding',
      against: 'More work than can be done.',
      state: 'on',
      settings: this.settings('LOAD_'),
      noticed: {},
    };
  }

  private transport(): Protection {
    const isSecure = this.config.HTTPS_REDIRECT || this.config.TLS_CERT_FILE !== undefined;
    return {
      name: 'https',
      against: 'Listeners on the line.',
      state: isSecure ? 'on' : 'off',
      settings: this.settings('HTTPS_REDIRECT', 'TLS_', 'TRUST_PROXY'),
      noticed: {},
    };
  }

  private settings(...beginnings: string[]): Record<string, string> {
    const found = this.effective.values.filter(({ name }) =>
      beginnings.some((beginning) => name.startsWith(beginning)),
    );
    return Object.fromEntries(found.map(({ name, value }) => [name, value]));
  }
}
