import { describe, expect, it } from 'vitest';
import { redactShapes } from './secret-shapes.js';

const JWT = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl';
// in two parts, so that nothing takes it for a key that was left lying about
const BEGIN = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');
const PEM = `${BEGIN}\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8Q\n-----END PRIVATE KEY-----`;

describe('a text of the log', () => {
  it.each([
    ['a token', `got ${JWT}.`, 'got [redacted].'],
    ['an encrypted token', `${JWT}.YWJj.ZGVm`, '[redacted]'],
    ['a bearer', 'authorization was bearer abcdefghijkl', 'authorization was bearer [redacted]'],
    ['basic credentials', 'Basic dXNlcjpwYXNz', 'Basic [redacted]'],
    [
      'an API key',
      `aerie_${'0f'.repeat(8)}_${'4e'.repeat(36)}`,
      `aerie_${'0f'.repeat(8)}_[redacted]`,
    ],
    ['a key of others', `sk_live_${'a1'.repeat(12)}`, '[redacted]'],
    ['a key of a cloud', `key AKIA${'ABCD'.repeat(4)}`, 'key [redacted]'],
    ['a password hash', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', '[redacted]'],
    ['a private key', `before ${PEM} after`, 'before [redacted] after'],
    ['a private key that was cut off', PEM.slice(0, 60), '[redacted]'],
    [
      'a signing key',
      'MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f',
      '[redacted]',
    ],
    ['a cookie', 'Cookie: a=b; sid=c\nnext', 'Cookie: [redacted]\nnext'],
    ['a cookie of ours', 'saw __Host-refresh=abcdef;', 'saw __Host-refresh=[redacted];'],
    ['the address of a second factor', 'otpauth://totp/A:b?secret=ABC', 'otpauth://[redacted]'],
    ['a password in an address', 'postgres://me:pa@ss@db/x', 'postgres://me:[redacted]@db/x'],
    ['a query', '/x?a=1&access_token=abc&b=2', '/x?a=1&access_token=[redacted]&b=2'],
    ['a code in a query', '/callback?code=abc&state=d', '/callback?code=[redacted]&state=d'],
    [
      'a one-time token in a link',
      'https://app/reset#token=abc-d_e',
      'https://app/reset#token=[redacted]',
    ],
    ['JSON in a text', '{"password":"hunter22"}', '{"password":"[redacted]"}'],
    [
      'JSON in JSON',
      String.raw`{\"password\":\"hunter22\"}`,
      String.raw`{\"password\":\"[redacted]\"}`,
    ],
    ['a form', 'user=a&client_secret=s3cr3t', 'user=a&client_secret=[redacted]'],
    ['an e-mail address', 'to ada.l@example.com.', 'to a***@example.com.'],
    ['a card number', 'card 4111 1111 1111 1111 declined', 'card [redacted] declined'],
    ['a card number without blanks', '5500005555555559', '[redacted]'],
  ])('does not hold %s', (_what, text, shown) => {
    expect(redactShapes(text)).toBe(shown);
  });

  it.each([
    'Basic authentication failed',
    'the token expired',
    'the password must have 12 characters',
    'GET /v1/auth/password/reset',
    '2026-11-25T15:56:49.457Z',
    '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11',
    '38003706-8329-4d4e-82a9-3eb6e550d776', // with digits that a card could have
    '4111111111111112',
    '1795232323123',
    'status_code=404',
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'SELECT "public"."users"."id" FROM "public"."users" WHERE "email" = $1 LIMIT $2',
  ])('keeps what is no secret: %s', (text) => {
    expect(redactShapes(text)).toBe(text);
  });

  it.each([
    'eyJ-',
    'eyJ',
    'eyJaaaaaaaaa.',
    'aerie_',
    `aerie_${'0'.repeat(16)}_`,
    'Bearer ',
    'Basic ',
    'a:',
    '://',
    '://a:',
    '4111 ',
    '1',
    'token',
    'token"=',
    'a@',
    'a.b@a',
    'cookie: ',
    BEGIN,
    '-----BEGIN ',
    'otpauth://',
    '__Host-a',
    '$argon2id$',
    'a',
  ])('is looked through in linear time: %s', (piece) => {
    const text = piece.repeat(60_000);
    // a search from each start would be a thousand million steps here, not a few million
    const start = performance.now();
    redactShapes(text);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
