import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { exportSPKI, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SigningKeys } from '#features/auth/signing-keys';
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

const spelt = (text: string) => Buffer.from(text).toString('base64url');

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const me = async (token: string) => (await api.get('/v1/users/me', { token })).status;

/** Signs whatever is asked with the service's own key. */
async function forge(payload: JWTPayload, header: Record<string, unknown> = {}): Promise<string> {
  const { kid, privateKey } = await test.app.get(SigningKeys).current();
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt', ...header })
    .sign(privateKey);
}

/** Signs any two texts with the service's own key: what even a slip of ours must not open. */
async function signRaw(header: string, payload: string): Promise<string> {
  const { privateKey } = await test.app.get(SigningKeys).current();
  const head = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${head}.${sign(null, Buffer.from(head), privateKey).toString('base64url')}`;
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
      { kid, x5u: `${api.url}/x` },
      { kid, x5c: [publicKey.export({ format: 'der', type: 'spki' }).toString('base64')] },
      { kid, x5t: 'AAAA' },
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
    ['without an owner', { sub: undefined }],
    ['for no audience', { aud: undefined }],
    ['for a list of other audiences', { aud: ['somebody-else', 'aerie-api '] }],
    ['issued in milliseconds', { iat: Date.now() }],
    ['without the time it was issued', { iat: undefined }],
    ['expiring at a text', { exp: String(now() + 900) as unknown as number }],
    ['expiring in a list', { exp: [now() + 900] as unknown as number }],
    ['expiring before time began', { exp: -1 }],
    ['never expiring, and old', { exp: 9e15, iat: now() - 7_200 }],
    ['issued at a text', { iat: String(now()) as unknown as number }],
    ['with a list as owner', { sub: ['x'] as unknown as string }],
    ['with the nil id as its session', { sid: '00000000-0000-0000-0000-000000000000' }],
  ])('is refused when %s', async (_what, change) => {
    expect(await me(await forge({ ...claims, ...change }))).toBe(401);
  });

  it('is taken for a list of audiences with ours in it (RFC 7519, section 4.1.3)', async () => {
    expect(await me(await forge({ ...claims, aud: ['somebody-else', 'aerie-api'] }))).toBe(200);
  });

  it.each([
    ['a path', '../../../../dev/null'],
    ['SQL', "x' UNION SELECT 'key' --"],
    ['a shell command', '|sleep 5'],
    ['a URL', 'https://198.51.100.1/key'],
    ['letters of another alphabet', '\u{1F511}ключ\u202E'],
    ['what every object has', '__proto__'],
    ['what every object can', 'constructor'],
    ['nothing', ''],
    ['null', null],
    ['a number', 0],
    ['a list', ['x']],
    ['an object', { toString: 'x' }],
    ['five thousand letters', 'x'.repeat(5_000)],
  ])('is refused when its key id is %s', async (_what, kid) => {
    const header = JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', kid });
    expect(await me(await signRaw(header, JSON.stringify(claims)))).toBe(401);
  });

  it('is refused without a key id', async () => {
    const header = JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(await me(await signRaw(header, JSON.stringify(claims)))).toBe(401);
  });

  it.each([
    ['another case', { alg: 'eddsa' }],
    ['another name of the algorithm', { alg: 'Ed25519' }],
    ['another curve', { alg: 'Ed448' }],
    ['ES256', { alg: 'ES256' }],
    ['RS256', { alg: 'RS256' }],
    ['PS256', { alg: 'PS256' }],
    ['HS256', { alg: 'HS256' }],
    ['a list of algorithms', { alg: ['EdDSA'] }],
    ['no algorithm', { alg: undefined }],
    ['no type', { typ: undefined }],
    ['the type of any JWT', { typ: 'JWT' }],
    ['the type of a refresh token', { typ: 'rt+jwt' }],
    ['an extension that must be understood', { crit: ['exp'], exp: 1 }],
    ['an unknown extension', { crit: ['x'], x: 1 }],
    ['no extension, named as critical', { crit: [] }],
    ['a payload that is not encoded', { b64: false, crit: ['b64'] }],
  ])('is refused when its header, signed by us, says %s', async (_what, change) => {
    const { kid } = await test.app.get(SigningKeys).current();
    const header = JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', kid, ...change });
    expect(await me(await signRaw(header, JSON.stringify(claims)))).toBe(401);
  });

  it('is refused when a key of another kind signed it in the name of ours', async () => {
    const { kid } = await test.app.get(SigningKeys).current();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    for (const [alg, key] of [
      ['RS256', rsa],
      ['PS256', rsa],
      ['ES256', ec],
    ] as const) {
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg, kid, typ: 'at+jwt' })
        .sign(key);
      expect(await me(token)).toBe(401);
    }
    const head = `${encode({ alg: 'EdDSA', kid, typ: 'at+jwt' })}.${encode(claims)}`;
    const ed448 = sign(null, Buffer.from(head), generateKeyPairSync('ed448').privateKey);
    expect(await me(`${head}.${ed448.toString('base64url')}`)).toBe(401);
  });

  it('is refused with a signature that needs no key', async () => {
    const [head, body, signature] = tokens.accessToken.split('.') as [string, string, string];
    const real = Buffer.from(signature, 'base64url');
    const identity = Buffer.alloc(32);
    identity[0] = 1; // the neutral point of the curve
    const smallOrder = Buffer.from(
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
      'hex',
    );
    const zero = Buffer.alloc(32);
    for (const bytes of [
      Buffer.alloc(64),
      Buffer.concat([identity, zero]),
      Buffer.concat([smallOrder, zero]),
      Buffer.concat([identity, real.subarray(32)]),
      Buffer.concat([real.subarray(0, 32), plusOrder(real.subarray(32))]), // RFC 8032, 5.1.7
      real.subarray(0, 63),
      Buffer.concat([real, zero]),
      Buffer.alloc(0),
    ]) {
      expect(await me(`${head}.${body}.${bytes.toString('base64url')}`)).toBe(401);
    }
  });

  it('is refused when it is spelt otherwise than we spell it', async () => {
    const [head, body, signature] = tokens.accessToken.split('.') as [string, string, string];
    const header = Buffer.from(head, 'base64url').toString();
    const payload = Buffer.from(body, 'base64url').toString();
    const asAdmin = payload.replace('{', '{"sub":"00000000-0000-7000-8000-000000000000",');
    for (const token of [
      `${head}=.${body}.${signature}`,
      `${head}.${body}.${signature}==`,
      `${head}.${body}.${signature.slice(0, 40)}+/${signature.slice(42)}`,
      `${head}.${body}.${signature}.`,
      `${head}.${body}.${signature}.${signature}.${signature}`, // as a JWE has it
      `${head} .${body}.${signature}`,
      `${spelt(` ${header}`)}.${body}.${signature}`,
      `${spelt(header.replace('{', '{"alg":"none",'))}.${body}.${signature}`,
      `${spelt(header.replace('}', ',"alg":"none"}'))}.${body}.${signature}`,
      `${head}.${spelt(`${payload}\n`)}.${signature}`,
      `${head}.${spelt(asAdmin)}.${signature}`,
    ]) {
      expect(await me(token)).toBe(401);
    }
  });

  it.each(['"text"', 'null', '1', '[]', '', '{', '\ufeff{}'])(
    'is refused when what we signed is no set of claims: %j',
    async (payload) => {
      const { kid } = await test.app.get(SigningKeys).current();
      const header = JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', kid });
      expect(await me(await signRaw(header, payload))).toBe(401);
    },
  );

  it('is refused when it wraps another', async () => {
    const { kid } = await test.app.get(SigningKeys).current();
    const header = JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', cty: 'JWT', kid });
    expect(await me(await signRaw(header, tokens.accessToken))).toBe(401);
  });

  it('is refused when it is huge, before it is read', async () => {
    const long = await forge({ ...claims, sub: 'x'.repeat(8_000) });
    expect(await me(long)).toBe(401);
    expect(await me(`${long}${'A'.repeat(60_000)}`)).toBe(431);
    const refresh = `${tokens.refreshToken}${'A'.repeat(60_000)}`;
    expect((await api.refresh(refresh)).status).toBe(400);
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

/** S + L, which stands for the same number: another spelling of a signature, if it were taken. */
function plusOrder(scalar: Buffer): Buffer {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const value = BigInt(`0x${Buffer.from(scalar.toReversed()).toString('hex')}`) + order;
  return Buffer.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toReversed());
}

it('publishes the public keys and nothing private', async () => {
  const { status, body } = await api.get<{ keys: Record<string, unknown>[] }>(
    '/.well-known/jwks.json',
  );
  expect(status).toBe(200);
  expect(body.keys).toHaveLength(1);
  expect(Object.keys(body.keys[0]!).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
});
