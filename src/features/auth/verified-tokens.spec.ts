import { expect, it } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { SigningKey } from './signing-keys.js';
import { VerifiedTokens } from './verified-tokens.js';

const key = fake<SigningKey>({ kid: 'one' });
const claims = { userId: 'ada', sessionId: 'a session' };
const verified = { claims, key, issuedAt: 1_000, expiresAt: 1_900 };

it('a token is known from its issue to its expiry, to the second', () => {
  const tokens = new VerifiedTokens();
  tokens.keep('a.b.c', verified);
  const known = [999.9, 1_000, 1_899.9, 1_900].map((now) => tokens.find('a.b.c', now) === verified);
  expect(known).toEqual([false, true, true, false]);
});

it('another token is not, however alike', () => {
  const tokens = new VerifiedTokens();
  tokens.keep('a.b.c', verified);
  for (const other of ['a.b.d', 'a.b', 'a.b.c ', '', 'A.b.c']) {
    expect(tokens.find(other, 1_500)).toBeUndefined();
  }
});

it('memory holds ten thousand, and no token itself', () => {
  const tokens = new VerifiedTokens();
  for (let n = 0; n <= 10_000; n++) tokens.keep(`token ${n}`, verified);
  expect(tokens.find('token 0', 1_500)).toBeUndefined();
  expect(tokens.find('token 10000', 1_500)).toBe(verified);
  const { tokens: kept } = tokens as unknown as { tokens: Map<string, unknown> };
  expect([...kept.keys()].some((each) => each.includes('token'))).toBe(false);
});
