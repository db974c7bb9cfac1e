import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Config } from '#platform/config/config';
import type { Log } from '#platform/logging/log';
import { fake } from '../../../test/fake.js';
import { InvalidToken } from './auth.problems.js';
import { SigningKeys } from './signing-keys.js';
import { Tokens } from './tokens.js';

const newKey = () =>
  generateKeyPairSync('ed25519')
    .privateKey.export({ format: 'der', type: 'pkcs8' })
    .toString('base64');
const [old, next] = [newKey(), newKey()];

const claims = {
  userId: '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11',
  sessionId: '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a12',
};

/** A process with these keys. */
function tokensWith(...keys: string[]): Tokens {
  const config = fake<Config>({
    JWT_SIGNING_KEYS: keys,
    JWT_ISSUER: 'aerie',
    JWT_AUDIENCE: 'aerie-api',
    JWT_ACCESS_TTL: 900_000,
  });
  return new Tokens(new SigningKeys(config, fake<Log>()), config);
}

describe('while keys are rotated process by process', () => {
  it.each([
    ['added', tokensWith(old), tokensWith(old, next)],
    ['promoted', tokensWith(old, next), tokensWith(next, old)],
    ['retired, what it signed having ended', tokensWith(next, old), tokensWith(next)],
  ])(
    'the old and the new ones read each other’s tokens: a key is %s',
    async (_step, one, other) => {
      for (const signer of [one, other]) {
        const token = await signer.signAccess(claims);
        for (const reader of [one, other]) expect(await reader.readAccess(token)).toEqual(claims);
      }
    },
  );

  it('they would not without the step between', async () => {
    const token = await tokensWith(next, old).signAccess(claims);
    await expect(tokensWith(old).readAccess(token)).rejects.toThrow(InvalidToken);
  });

  it('a key that has been retired opens nothing', async () => {
    const token = await tokensWith(old).signAccess(claims);
    await expect(tokensWith(next).readAccess(token)).rejects.toThrow(InvalidToken);
  });
});
