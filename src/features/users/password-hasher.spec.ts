import { describe, expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { PasswordHasher } from './password-hasher.js';

const hasherWith = (environment: Record<string, string> = {}) =>
  new PasswordHasher(loadConfig(environment, '/dev/null').config);

describe('the password hasher', () => {
  it('makes argon2id with the documented parameters by default', async () => {
    expect(await hasherWith().hash('correct horse')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
    );
  });

  it('knows the password again, to the last byte', async () => {
    const hasher = hasherWith({ PASSWORD_HASH_MEMORY_KIB: '8192' });
    const hash = await hasher.hash('correct horse');
    expect(await hasher.matches('correct horse', hash)).toBe(true);
    expect(await hasher.matches('correct horse ', hash)).toBe(false);
    expect(await hasher.matches('correct horse', null)).toBe(false);
  });

  it('sees that a hash was made with other parameters', async () => {
    const weaker = hasherWith({ PASSWORD_HASH_MEMORY_KIB: '8192' });
    const hash = await weaker.hash('correct horse');
    expect(weaker.isOutdated(hash)).toBe(false);
    expect(hasherWith().isOutdated(hash)).toBe(true);
    expect(await hasherWith().matches('correct horse', hash)).toBe(true);
  });
});
