import { describe, expect, it } from 'vitest';
import { hashSecret, isSecretOf, makeApiKey, readApiKey } from './api-key-format.js';

describe('an API key', () => {
  it('says what it is, which it is, and holds 256 bits nobody else has', () => {
    const { key, prefix, secret } = makeApiKey();
    expect(key).toMatch(/^aerie_[\da-f]{16}_[\da-f]{72}$/);
    expect(key.startsWith(`aerie_${prefix}_${secret}`)).toBe(true);
    expect(Buffer.from(secret, 'hex')).toHaveLength(32);
    expect(makeApiKey().secret).not.toBe(secret);
  });

  it('is read back into its parts', () => {
    const { key, prefix, secret } = makeApiKey();
    expect(readApiKey(key)).toEqual({ prefix, secret });
  });

  it('is known to be mistyped when any one of its characters is another', () => {
    const { key } = makeApiKey();
    for (let i = 0; i < key.length; i++) {
      const other = key[i] === '0' ? '1' : '0';
      expect(readApiKey(key.slice(0, i) + other + key.slice(i + 1))).toBeNull();
    }
  });

  it.each([
    ['nothing', () => ''],
    ['a cut one', (key: string) => key.slice(0, -1)],
    ['one with more behind it', (key: string) => `${key}0`],
    ['one with a line end behind it', (key: string) => `${key}\n`],
    ['one in upper case', (key: string) => key.toUpperCase()],
    ['two', (key: string) => `${key}, ${key}`],
    ['a megabyte', (key: string) => key.repeat(10_000)],
  ])('is not %s', (_what, change) => {
    expect(readApiKey(change(makeApiKey().key))).toBeNull();
  });

  it('is known by the hash of its secret alone', () => {
    const { secret } = makeApiKey();
    expect(isSecretOf(hashSecret(secret), secret)).toBe(true);
    expect(isSecretOf(hashSecret(makeApiKey().secret), secret)).toBe(false);
  });
});
