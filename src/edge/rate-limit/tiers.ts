import type { Config } from '#platform/config/config';
import type { Rate } from '#platform/config/parsers';

/** The named limits. Each is set by an environment variable, RATE_LIMIT_<TIER>. */
export type Tier = 'auth' | 'api' | 'static';

export function rateOf(tier: Tier, config: Config): Rate {
  switch (tier) {
    case 'auth':
      return config.RATE_LIMIT_AUTH;
    case 'static':
      return config.RATE_LIMIT_STATIC;
    case 'api':
      return config.RATE_LIMIT_API;
  }
}
