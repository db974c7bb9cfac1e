import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Config } from '#platform/config/config';
import { InvalidToken } from './auth.problems.js';
import type { SigningKey, SigningKeys } from './signing-keys.js';
import { Tokens } from './tokens.js';

const TTL_SECONDS = 900;
const config = fake<Config>({
  JWT_ACCESS_TTL: TTL_SECONDS * 1_000,
  JWT_REFRESH_TTL: 86_400_000,
  JWT_ISSUER: 'aerie',
  JWT_AUDIENCE: 'aerie-api',
});
const claims = {
  userId: '0195f2a4-7c1e-7d3a-9b52-2f6d1c8e4a01',
  sessionId: '0195f2a4-7c1e-7d3a-9b52-2f6d1c8e4a02',
};

let key: SigningKey | undefined;
let tokens: Tokens;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  key = { kid: 'one', ...generateKeyPairSync('ed25519'), jwk: {} };
  const current = () => Promise.resolve(key!);
  const find = () => Promise.resolve(key);
  tokens = new Tokens(fake<SigningKeys>({ current, find }), config);
});
afterEach(() => vi.useRealTimers());

const passSeconds = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);

it('an access token is read the same way the first time and later', async () => {
  const token = await tokens.signAccess(claims);
  for (let n = 0; n < 3; n++) expect(await tokens.readAccess(token)).toEqual(claims);
});

it('one that was read before is refused when it has expired', async () => {
  const token = await tokens.signAccess(claims);
  await tokens.readAccess(token);
  passSeconds(TTL_SECONDS + 10);
  await expect(tokens.readAccess(token)).rejects.toThrow(InvalidToken);
});

it('one that was read before is refused when the clock has been put back to before its issue', async () => {
  const token = await tokens.signAccess(claims);
  await tokens.readAccess(token);
  passSeconds(-60);
  await expect(tokens.readAccess(token)).rejects.toThrow(InvalidToken);
});

it('one that was read before is refused when its key was withdrawn, or is another', async () => {
  const token = await tokens.signAccess(claims);
  await tokens.readAccess(token);
  key = { kid: 'one', ...generateKeyPairSync('ed25519'), jwk: {} };
  await expect(tokens.readAccess(token)).rejects.toThrow(InvalidToken);
  key = undefined;
  await expect(tokens.readAccess(token)).rejects.toThrow(InvalidToken);
});

it('one whose signature was changed is none that was read before', async () => {
  const token = await tokens.signAccess(claims);
  await tokens.readAccess(token);
  const signatureAt = token.lastIndexOf('.') + 1;
  const changed =
    token.slice(0, signatureAt) + token.slice(signatureAt).split('').toReversed().join('');
  await expect(tokens.readAccess(changed)).rejects.toThrow(InvalidToken);
});
