import { BlockList, isIPv6 } from 'node:net';
import type { Config } from '#platform/config/config';

/** Says whether the peer at a hop (0 is who connected) may speak for those behind it. */
export type Trust = (address: string, hop: number) => boolean;

/** By number of hops, or by address and range. */
export function trustedProxies({ TRUST_PROXY: trusted }: Config): Trust | null {
  if (!Array.isArray(trusted)) return trusted > 0 ? (_address, hop) => hop < trusted : null;
  const list = new BlockList();
  for (const entry of trusted) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
