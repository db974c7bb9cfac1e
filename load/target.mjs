import { BlockList } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether the URL leads to this machine whoever answers for names.
 *
 * @param {string} url
 */
export function isLoopback(url) {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === 'localhost' || host.endsWith('.localhost')) return true; // RFC 6761 §6.3
  return loopback.check(host, host.includes(':') ? 'ipv6' : 'ipv4');
}

/**
 * Why the target must not be put under load; undefined when it may. A load test is an attack on who has
 * not asked for it.
 *
 * @param {string} target
 * @param {boolean} isOwn
 */
export function refusalOf(target, isOwn) {
  if (!URL.canParse(target) || !/^https?:$/.test(new URL(target).protocol)) {
    return `${target} is no http or https URL.`;
  }
  if (isOwn || isLoopback(target)) return undefined;
  return `${new URL(target).host} is not this machine: say --yes-i-own-it if you may put it under load.`;
}
