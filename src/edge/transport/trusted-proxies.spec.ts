import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { trustedProxies } from './trusted-proxies.js';

/** Whom the service takes the client for, when `peer` connects and says `chain`. */
async function addressOf(trusted: string, peer: string, chain?: string): Promise<string> {
  const { config } = loadConfig({ TRUST_PROXY: trusted }, '/dev/null');
  const server = fastify({ trustProxy: trustedProxies(config) ?? false });
  server.get('/', (request) => request.ip);
  const headers = chain === undefined ? {} : { 'x-forwarded-for': chain };
  return (await server.inject({ url: '/', remoteAddress: peer, headers })).body;
}

const PEER = '192.0.2.1';

describe('the address of a client', () => {
  it.each([
    ['nobody is trusted', '', PEER, '203.0.113.9', PEER],
    ['nobody is trusted, by number', '0', PEER, '203.0.113.9', PEER],
    ['one proxy says it', '1', PEER, '203.0.113.9', '203.0.113.9'],
    ['one proxy says nothing', '1', PEER, undefined, PEER],
    [
      'the client forged a chain before one proxy',
      '1',
      PEER,
      '10.0.0.1, 203.0.113.9',
      '203.0.113.9',
    ],
    ['two proxies say it', '2', PEER, '203.0.113.9, 10.0.0.2', '203.0.113.9'],
    [
      'the client forged a chain before two',
      '2',
      PEER,
      '1.1.1.1, 203.0.113.9, 10.0.0.2',
      '203.0.113.9',
    ],
    ['a listed proxy says it', '192.0.2.1', PEER, '203.0.113.9', '203.0.113.9'],
    ['a proxy of a listed range says it', '192.0.2.0/24', PEER, '203.0.113.9', '203.0.113.9'],
    ['somebody off the list says it', '10.0.0.0/8', PEER, '203.0.113.9', PEER],
    ['two of a listed range say it', '192.0.2.0/24', PEER, '203.0.113.9, 192.0.2.7', '203.0.113.9'],
    [
      'the client forged listed addresses before its own',
      '192.0.2.0/24',
      PEER,
      '198.51.100.1, 192.0.2.8, 203.0.113.9',
      '203.0.113.9',
    ],
    [
      'an IPv6 proxy of a listed range says it',
      '2001:db8::/32',
      '2001:db8::1',
      '203.0.113.9',
      '203.0.113.9',
    ],
    [
      'an IPv6 proxy off the list says it',
      '2001:db8::/32',
      '2001:db9::1',
      '203.0.113.9',
      '2001:db9::1',
    ],
  ])('when %s (TRUST_PROXY=%j): %s says %j', async (_when, trusted, peer, chain, address) => {
    expect(await addressOf(trusted, peer, chain)).toBe(address);
  });
});
