import type { Config } from '#platform/config/config';
import { addressRanges } from './address-ranges.js';

/** Says whether the peer at a hop (0 is who connected) may speak for those behind it. */
export type Trust = (address: string, hop: number) => boolean;

/** By number of hops, or by address and range. */
export function trustedProxies({ TRUST_PROXY: trusted }: Config): Trust | null {
  if (Array.isArray(trusted)) return addressRanges(trusted);
  return trusted > 0 ? (_address, hop) => hop < trusted : null;
}
