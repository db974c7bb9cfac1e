import { SetMetadata } from '@nestjs/common';
import type { Tier } from './tiers.js';

export const RATE_LIMIT = Symbol('rate limit');

/** Counts a route, or all of a controller, against another tier than `api`. */
export const RateLimit = (tier: Tier) => SetMetadata(RATE_LIMIT, tier);

/** Never refuses: for probes, which come from one address for ever. */
export const Unlimited = () => SetMetadata(RATE_LIMIT, null);
