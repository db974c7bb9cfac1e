import { SetMetadata } from '@nestjs/common';
import type { RouteTier } from './tiers.js';

export const RATE_LIMIT = Symbol('rate limit');

/** Counts a route, or all of a controller, against other tiers than `api`; each of several must have room. */
export const RateLimit = (...tiers: [RouteTier, ...RouteTier[]]) => SetMetadata(RATE_LIMIT, tiers);

/** Never refuses: for probes, which come from one address for ever. */
export const Unlimited = () => SetMetadata(RATE_LIMIT, []);
