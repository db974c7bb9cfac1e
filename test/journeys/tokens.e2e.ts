import { createHmac, generateKeyPairSync } from 'node:crypto';
import { exportSPKI, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SigningKeys } from '../../src/features/auth/signing-keys.js';
import type { Api, Tokens } from '../api.js';
import { startApp, type TestApp } from '../app.js';

let test: TestApp;
let api: Api;
let tokens: Tokens;
let claims: JWTPayload;

beforeAll(async () => {
  test = await startApp();
  api = test.api;
  tokens = await api.join('ada@example.com');
  claims = decode(tokens.accessToken);
});
afterAll(() => test[Symbol.asyncDispose]());

const decode = (token: string): JWTPayload =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as JWTPayload;

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const me = async (token: string) => (await api.get('/v1/users/me', { token })).status;

/** Signs whatever is asked with the service's own key. */
async function forge(payload: JWTPayload, header: Record<string, unknown> = {}): Promise<string> {
  const { kid, privateKey } = await test.app.get(SigningKeys).current();
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt', ...header })
    .sign(privateKey);
}

const now = () => Math.floor(Date.now() / 1_000);

describe('an access token', () => {
  it('opens a route when it is ours and current', async () => {
    expect(await me(tokens.accessToken)).toBe(200);
    expect(await me(await forge(claims))).toBe(200);
  });

  it('is refused with alg none', async () => {
    for (const alg of ['none', 'None', 'NONE', '']) {
      const unsigned = `${encode({ alg, typ: 'at+jwt' })}.${encode(claims)}.`;
      expect(await me(unsigned)).toBe(401);
      expect(await me(`${unsigned}AA`)).toBe(401);
    }
  });

  it('is refused with HS256 over the public key', async () => {
    const { kid, publicKey, jwk } = await test.app.get(SigningKeys).current();
    const secrets = [await exportSPKI(publicKey), JSON.stringify(jwk), String(jwk.x)];
    for (const secret of secrets) {
      const head = `${encode({ alg: 'HS256', kid, typ: 'at+jwt' })}.${encode(claims)}`;
      const mac = createHmac('sha256', secret).update(head).digest('base64url');
      expect(await me(`${head}.${mac}`)).toBe(401);
    }
  });

  it('is refused when another key signed it, whatever the header says of keys', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { kid } = await test.app.get(SigningKeys).current();
    const jwk = publicKey.export({ format: 'jwk' });
    for (const header of [
      { kid },
      { kid: 'other' },
      {},
      { kid, jwk },
      { kid, jku: `${api.url}/x` },
    ]) {
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...header })
        .sign(privateKey);
      expect(await me(token)).toBe(401);
    }
  });

  it.each<[string, JWTPayload]>([
    ['expired', { exp: 1 }],
    ['without an expiry', { exp: undefined }],
    ['from the future', { iat: now() + 3_600, exp: now() + 4_000 }],
    ['not valid yet', { nbf: now() + 3_600 }],
    ['older than a token may be', { iat: now() - 7_200, exp: now() + 3_600 }],
    ['for another audience', { aud: 'somebody-else' }],
    ['from another issuer', { iss: 'somebody-else' }],
    ['for another user’s session', { sub: '00000000-0000-7000-8000-000000000000' }],
    ['for a session that is none', { sid: '00000000-0000-7000-8000-000000000000' }],
    ['with a session id of the wrong shape', { sid: "x' OR '1'='1" }],
    ['without a session', { sid: undefined }],
  ])('is refused when %s', async (_what, change) => {
    expect(await me(await forge({ ...claims, ...change }))).toBe(401);
  });

  it('is refused when it is a refresh token, and the other way round', async () => {
    expect(await me(tokens.refreshToken)).toBe(401);
    expect((await api.refresh(tokens.accessToken)).status).toBe(401);
    const asRefresh = await forge({ ...decode(tokens.refreshToken) }, { typ: 'at+jwt' });
    expect((await api.refresh(asRefresh)).status).toBe(401);
  });

  it('is refused when it is cut, changed or not a token', async () => {
    const [head, body, signature] = tokens.accessToken.split('.') as [string, string, string];
    const changed = encode({ ...claims, sub: 'x' });
    for (const token of [`${head}.${body}`, `${head}.${changed}.${signature}`, 'a.b.c', 'null']) {
      expect(await me(token)).toBe(401);
    }
    for (const header of ['', 'Bearer', 'Basic YTpi', `Token ${tokens.accessToken}`]) {
      const { status } = await api.get('/v1/users/me', { headers: { authorization: header } });
      expect(status).toBe(401);
    }
  });
});

it('publishes the public keys and nothing private', async () => {
  const { status, body } = await api.get<{ keys: Record<string, unknown>[] }>(
    '/.well-known/jwks.json',
  );
  expect(status).toBe(200);
  expect(body.keys).toHaveLength(1);
  expect(Object.keys(body.keys[0]!).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
});
