import { isIPv6 } from 'node:net';

const GROUPS_OF_NETWORK = 4;
const GROUPS = 8;

/** Who an address counts as: an IPv4 address itself, an IPv6 address its /64, of which a home has one whole. */
export function clientOf(address: string): string {
  if (!address.includes(':')) return address;
  const [plain = ''] = address.split(/[%/]/, 1); // without a zone, and a network is itself
  const mapped = /^::ffff:([\d.]+)$/i.exec(plain);
  if (mapped) return mapped[1]!;
  if (!isIPv6(plain)) return address;
  const [head = '', tail = ''] = plain.split('::', 2);
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  const zeros = plain.includes('::') ? GROUPS - before.length - after.length : 0;
  const groups = [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  const network = groups
    .slice(0, GROUPS_OF_NETWORK)
    .map((g) => Number.parseInt(g, 16).toString(16));
  return `${network.join(':')}::/64`;
}
