import { describe, expect, it } from 'vitest';
import { isAllowedOrigin } from './allowed-origins.js';

const LIST = ['https://app.example.com', 'http://localhost:5173', 'https://*.shop.example'];

describe('an origin', () => {
  it.each([
    'https://app.example.com',
    'http://localhost:5173',
    'https://eu.shop.example',
    'https://a.b.shop.example',
  ])('is allowed when it is on the list: %s', (origin) => {
    expect(isAllowedOrigin(origin, LIST)).toBe(true);
  });

  it.each([
    ['null', 'null'],
    ['empty', ''],
    ['another scheme', 'http://app.example.com'],
    ['another port', 'https://app.example.com:8443'],
    ['the default port, which browsers leave out', 'https://app.example.com:443'],
    ['no port', 'http://localhost'],
    ['a suffix', 'https://app.example.com.evil.example'],
    ['a prefix', 'https://evilapp.example.com'],
    ['a subdomain of an exact entry', 'https://x.app.example.com'],
    ['upper case', 'https://APP.example.com'],
    ['a trailing slash', 'https://app.example.com/'],
    ['a trailing dot', 'https://app.example.com.'],
    ['a space', ' https://app.example.com'],
    ['the bare domain of a pattern', 'https://shop.example'],
    ['an empty label', 'https://.shop.example'],
    ['a pattern’s suffix', 'https://evilshop.example'],
    ['a pattern in the middle', 'https://a.shop.example.evil.example'],
    ['a pattern by another scheme', 'http://eu.shop.example'],
    ['a pattern with a port', 'https://eu.shop.example:8443'],
    ['a path before the pattern', 'https://evil.example/.shop.example'],
    ['a fragment before the pattern', 'https://evil.example#.shop.example'],
    ['a user before the pattern', 'https://evil.example@eu.shop.example'],
    ['a port before the pattern', 'https://evil.example:80.shop.example'],
    ['a pattern in upper case', 'https://EU.shop.example'],
    ['the pattern itself', 'https://*.shop.example.'],
    ['an endless one', `https://${'a.'.repeat(200)}shop.example`],
  ])('is refused: %s', (_what, origin) => {
    expect(isAllowedOrigin(origin, LIST)).toBe(false);
  });

  it('is refused by an empty list, and null by every list', () => {
    expect(isAllowedOrigin('https://app.example.com', [])).toBe(false);
    expect(isAllowedOrigin('https://app.example.com', ['*'])).toBe(true);
    expect(isAllowedOrigin('null', ['*', 'null'])).toBe(false);
  });
});
