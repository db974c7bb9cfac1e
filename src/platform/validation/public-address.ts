import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registries, and what stands for an IPv4 address inside IPv6. */
const RESERVED = `
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
  192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
  224.0.0.0/4 240.0.0.0/4
  ::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23
  2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8`;

/** Azure answers here with its metadata and DNS, though the address is a public one. */
const METADATA_IN_PUBLIC = '168.63.129.16/32';

/** One list a family: to a BlockList every IPv4 address is also an IPv4-mapped one. */
const reserved = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const range of [...RESERVED.trim().split(/\s+/), METADATA_IN_PUBLIC]) {
  const [network = '', bits] = range.split('/');
  const family = familyOf(network)!;
  reserved[family].addSubnet(network, Number(bits), family);
}

/**
 * Whether an address is out on the internet, and so nothing of ours: not private, loopback, link-local,
 * a cloud's metadata service or reserved. False for what is no address.
 */
export function isPublicAddress(address: string): boolean {
  const family = familyOf(address);
  return family !== null && !reserved[family].check(address, family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address);
  return version === 0 ? null : `ipv${version as 4 | 6}`;
}

/** Top-level names that never leave a network: RFC 2606, 6761, 6762, 8375, 9476, and habit. */
const INTERNAL_SUFFIX =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home|corp|private|arpa|alt|test|invalid|onion)$/;

/** Whether a host name, as `URL` spells it, can be of a machine on the internet. */
export function isPublicHostname(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return name.includes('.') && !name.endsWith('.') && !INTERNAL_SUFFIX.test(name);
}
