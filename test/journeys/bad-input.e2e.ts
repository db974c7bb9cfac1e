import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type Answer, type Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';

let test: TestApp;
let api: Api;
/** Where what the request guard would refuse or repair gets through to the rest (see guard.e2e.ts). */
let unguarded: TestApp;

beforeAll(async () => {
  test = await startApp();
  unguarded = await startApp({ GUARD_MODE: 'off' });
  api = test.api;
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await unguarded[Symbol.asyncDispose]();
});

function expectProblem(answer: Answer, status: number, slug: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ type: `/docs/problems/${slug}`, status });
  expect(answer.body['requestId']).toBe(answer.headers.get('x-request-id'));
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
}

const valid = { email: 'grace@example.com', password: PASSWORD };

/** Sends bytes as they are and returns the bytes that come back until the server closes. */
function exchange(bytes: string): Promise<string> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (chunk) => {
      received += chunk.toString();
      if (received.includes('"requestId"')) socket.destroy();
    });
    socket.on('close', () => resolve(received));
  });
}

describe('every error is a problem', () => {
  it('400 with the path of each invalid field', async () => {
    const answer = await api.post('/v1/auth/register', {
      email: 'no',
      password: 'short',
      role: 'admin',
    });
    expectProblem(answer, 400, 'validation');
    const paths = (answer.body['errors'] as { path: string }[]).map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['email', 'password', 'role']));
  });

  it('400 with no more than its kind for a value of another kind', async () => {
    const { accessToken } = await test.logInAdmin();
    const answer = await api.get('/v1/audit?limit=abc', { token: accessToken });
    expectProblem(answer, 400, 'validation');
    const message = 'limit must be an integer number';
    expect(answer.body['errors']).toEqual([{ path: 'limit', message }]);
  });

  it('400 for malformed JSON', async () => {
    expectProblem(
      await api.post('/v1/auth/login', undefined, { raw: '{"email":' }),
      400,
      'malformed',
    );
    expectProblem(await api.post('/v1/auth/login', undefined, { raw: '' }), 400, 'malformed');
  });

  it('400 for prototype pollution', async () => {
    const raw = '{"email":"a@b.example","password":"correct horse","__proto__":{"role":"admin"}}';
    expectProblem(await api.post('/v1/auth/register', undefined, { raw }), 400, 'malformed');
  });

  it.each([
    [
      'ninety thousand keys',
      () => `{${Array.from({ length: 90_000 }, (_, i) => `"${i}":1`).join()}}`,
    ],
    ['a nesting of five thousand', () => `{"email":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['a nesting of two hundred thousand', () => `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['three hundred thousand objects in a list', () => `[${'{},'.repeat(300_000)}{}]`],
    ['half a million numbers in a list', () => `[${'1,'.repeat(500_000)}1]`],
    ['a key that every object has', () => '{"email":"a@b.example","password":"x","constructor":1}'],
  ])('400 for %s, at once and in few words', async (_what, body) => {
    const answer = await api.post('/v1/auth/login', undefined, { raw: body() });
    expectProblem(answer, 400, 'malformed');
    expect(answer.body['detail']).toMatch(/^The body /);
  });

  it('400 for a body that is not UTF-8', async () => {
    const raw = Buffer.from(
      '{"email":"\xff\xfe@example.com","password":"correct horse"}',
      'latin1',
    );
    expectProblem(await api.post('/v1/auth/login', undefined, { raw }), 400, 'malformed');
  });

  it('names fifty errors at most', async () => {
    const raw = `{${Array.from({ length: 900 }, (_, i) => `"${i}":1`).join()}}`;
    const answer = await api.post('/v1/auth/login', undefined, { raw });
    expectProblem(answer, 400, 'validation');
    expect(answer.body['errors']).toHaveLength(50);
  });

  it('401 without credentials', async () => {
    const answer = await api.get('/v1/users/me');
    expectProblem(answer, 401, 'authentication');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('403 without the permission', async () => {
    const { accessToken } = await api.join('nobody-special@example.com');
    expectProblem(await api.get('/v1/audit', { token: accessToken }), 403, 'authorisation');
  });

  it('404 where there is nothing', async () => {
    expectProblem(await api.get('/v1/nothing'), 404, 'not-found');
    const climbing = '/docs/assets/..%2f..%2fpackage.json';
    expectProblem(await unguarded.api.get(climbing), 404, 'not-found');
    expectProblem(await api.get(climbing), 403, 'suspicious-input');
  });

  it('405 with Allow where another method would do', async () => {
    const answer = await api.get('/v1/auth/login');
    expectProblem(answer, 405, 'method');
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('413 for a body over the limit, before it is read', async () => {
    const head = 'POST /v1/auth/register HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    const text = await exchange(`${head}content-length: 10000000\r\n\r\n{"email":`);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('/docs/problems/too-large');
  });

  it('415 for what is not JSON', async () => {
    const options = {
      raw: 'email=a',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
    expectProblem(await api.post('/v1/auth/login', undefined, options), 415, 'media-type');
    const text = { raw: JSON.stringify(valid), headers: { 'content-type': 'text/plain' } };
    expectProblem(await api.post('/v1/auth/login', undefined, text), 415, 'media-type');
  });

  it('400 for a URL that cannot be decoded', async () => {
    expectProblem(await api.get('/v1/%E0%A4%A'), 400, 'malformed');
  });

  it('400 for what is not HTTP at all', async () => {
    const text = await exchange('HELLO WORLD\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('application/problem+json');
    expect(text).toContain('x-content-type-options: nosniff');
  });

  it('keeps the caller’s request id when it is sane, and only then', async () => {
    const sane = await api.get('/v1/nothing', { headers: { 'x-request-id': 'order-42' } });
    expect(sane.body['requestId']).toBe('order-42');
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const traced = await api.get('/v1/nothing', { headers: { traceparent: trace } });
    expect(traced.body['requestId']).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    const insane = await api.get('/v1/nothing', { headers: { 'x-request-id': 'a b"<script>' } });
    expect(insane.body['requestId']).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
  });
});

describe('text that cannot be stored', () => {
  it.each([
    ['NUL in a name', '{"email":"n1@example.com","password":"correct horse","name":"a\\u0000b"}'],
    ['a lone surrogate', '{"email":"n2@example.com","password":"correct horse","name":"a\\ud800"}'],
    ['NUL in a password', '{"email":"n3@example.com","password":"correct\\u0000horse"}'],
    [
      'a lone surrogate in an address',
      '{"email":"\\ud800@example.com","password":"correct horse"}',
    ],
    ['NUL in an address', '{"email":"n4\\u0000@example.com","password":"correct horse"}'],
    [
      'a lone surrogate in an address',
      '{"email":"n6\\ud800@example.com","password":"correct horse"}',
    ],
    [
      'a lone surrogate in a password',
      '{"email":"n7@example.com","password":"correct horse\\ud800"}',
    ],
    ['a password that everybody tries', '{"email":"n8@example.com","password":"Password123"}'],
    [
      'a password that is the name',
      '{"email":"n9-lovelace@example.com","password":"n9-lovelace1"}',
    ],
    ['an array for a string', '{"email":["n5@example.com"],"password":"correct horse"}'],
    ['an object for a string', '{"email":{"$ne":""},"password":{"$ne":""}}'],
    ['null', '{"email":null,"password":null}'],
    ['no object at all', '[1,2,3]'],
    ['a bare string', '"hello"'],
  ])('%s is refused and nothing stored', async (_what, raw) => {
    expectProblem(
      await unguarded.api.post('/v1/auth/register', undefined, { raw }),
      400,
      'validation',
    );
    const { accessToken } = await unguarded.logInAdmin();
    const { body } = await unguarded.api.get<{ items: { email: string }[] }>(
      '/v1/users?limit=100',
      {
        token: accessToken,
      },
    );
    expect(body.items.filter(({ email }) => /^n\d/.test(email))).toEqual([]);
  });

  it.each([
    ['NUL', '{"email":"g1@example.com","password":"correct horse battery","name":"a\\u0000b"}'],
    [
      'half a surrogate pair',
      '{"email":"g2@example.com","password":"correct horse battery","name":"a\\ud800"}',
    ],
    ['NUL in an address', '{"email":"g3\\u0000@example.com","password":"correct horse battery"}'],
  ])('is refused by the guard as well, not mended: %s', async (_what, raw) => {
    expectProblem(await api.post('/v1/auth/register', undefined, { raw }), 400, 'malformed');
  });

  it('lets every other text through unchanged', async () => {
    for (const name of [
      "O'Brien <3 AT&T",
      'a < b && c > d',
      '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👩‍👧',
      '"; DROP TABLE users; --',
      '\\u0000',
    ]) {
      const email = `text-${Math.random().toString(36).slice(2)}@example.com`;
      await unguarded.api.post('/v1/auth/register', { email, password: PASSWORD, name });
      const { body } = await unguarded.api.logIn(email);
      const me = await unguarded.api.get('/v1/users/me', { token: body.accessToken });
      expect(me.body['name']).toBe(name);
    }
  });
});

describe('a password', () => {
  it('of a megabyte is refused without being hashed', async () => {
    const password = 'x'.repeat(1_000_000);
    const answer = await api.post('/v1/auth/login', { ...valid, password });
    expectProblem(answer, 400, 'validation');
  });

  it('counts to the last byte, with no trim and no case folding', async () => {
    const long = `${'a'.repeat(80)}Z `;
    await api.register('long@example.com', long);
    expect((await api.logIn('long@example.com', long)).status).toBe(200);
    expect((await api.logIn('long@example.com', long.trim())).status).toBe(401);
    expect((await api.logIn('long@example.com', long.toLowerCase())).status).toBe(401);
    expect((await api.logIn('long@example.com', `${'a'.repeat(80)}Y `)).status).toBe(401);
  });

  it('and no token ever reaches the log', () => {
    const log = JSON.stringify(test.lines);
    expect(log).not.toContain(PASSWORD);
    expect(log).not.toContain('correct horse');
    expect(log).not.toMatch(/eyJ[\w-]{8,}\.[\w-]{8,}\./);
    expect(test.lines.length).toBeGreaterThan(20);
  });
});

describe('one request', () => {
  it('writes one line, with who, what, outcome and how long', async () => {
    const { accessToken } = await api.join('lines@example.com');
    await api.get('/v1/users/me?secret=1', {
      token: accessToken,
      headers: { 'x-request-id': 'one-line' },
    });
    const own = test.lines.filter(({ requestId }) => requestId === 'one-line');
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({
      level: 'info',
      method: 'GET',
      path: '/v1/users/me',
      route: '/v1/users/me',
      status: 200,
      user: expect.any(String),
      durationMs: expect.any(Number),
    });
  });
});
