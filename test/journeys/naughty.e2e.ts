import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lengthOf } from '#platform/validation/field-rule';
import { PASSWORD, type Answer, type Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { corpus } from '../corpora.js';

let test: TestApp;
let api: Api;
let token: string;
beforeAll(async () => {
  // what the guard would refuse goes on to the rest, and no text is refused for the ones before it
  test = await startApp({ SIGN_IN_DELAY_AFTER: '100000', GUARD_MODE: 'report' });
  api = test.api;
  token = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

const OWN = [
  ['', ' ', 'null', 'undefined', 'NaN', '-1', '0', '1e999', '0x10', '9223372036854775808'],
  ['true', '[]', '{}', '[object Object]', '__proto__', 'constructor', 'toString', 'CON', '..'],
  ["O'Brien <3 AT&T", 'a < b && c > d', 'select all from the menu', '"; DROP TABLE users; --'],
  ['%', '%00', '%s%n', '%E0%A4%A', '\\', '\\u0000', '/', '//', '?', '#', '&a=b', ';', '*', '~'],
  ['\0', 'a\0b', '\ud800', '\ufeff', '\ufffe', '\u202e', '\u200b', '\u2028', '\x7f', '\x1b[2J'],
  ['e\u0301', 'ﬀ', 'İ', 'ẞ', '👩‍👩‍👧', '\u{10ffff}', '  both ends  ', 'tab\there', 'two\r\nlines'],
  [
    'x'.repeat(100),
    'x'.repeat(101),
    'é'.repeat(2_000),
    '<b>bold</b>',
    '"><script>alert(1)</script>',
  ],
].flat();
const TEXTS = [
  ...new Set([...OWN, ...corpus<{ input: string }>('naughty.dev').map(({ input }) => input)]),
];
const AT_ONCE = 16;

let count = 0;
const newEmail = () => `naughty-${++count}@example.com`;

type Send = (text: string) => Promise<Answer>;
const inUrl = (text: string) => encodeURIComponent(text.toWellFormed());
const post =
  (path: string, bodyOf: (text: string) => object): Send =>
  (text) =>
    api.post(path, bodyOf(text), { token });
const query =
  (path: string, name: string): Send =>
  (text) =>
    api.get(`${path}?${name}=${inUrl(text)}`, { token });
const segment =
  (path: string, method = 'GET'): Send =>
  (text) =>
    api.request(method, `${path}/${inUrl(text)}`, undefined, { token });

/** UTF-8 without what HTTP itself keeps out of headers. */
const inHeader = (text: string) =>
  Buffer.from(text)
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, ''); // eslint-disable-line no-control-regex
const headers =
  (...names: string[]): Send =>
  (text) => {
    const given = Object.fromEntries(names.map((name) => [name, inHeader(text)]));
    return api.post('/hardening/guard/inspect', { text }, { token, headers: given });
  };

const queries = (path: string, ...names: string[]) =>
  names.map((name): [string, Send] => [`?${name}= of ${path}`, query(path, name)]);

const WAYS: [string, Send][] = [
  ['email at sign-up', post('/v1/auth/register', (email) => ({ email, password: PASSWORD }))],
  [
    'password at sign-up',
    post('/v1/auth/register', (password) => ({ email: newEmail(), password })),
  ],
  ['an unknown field', post('/v1/auth/register', (text) => ({ [text]: text }))],
  ['email at sign-in', post('/v1/auth/login', (email) => ({ email, password: PASSWORD }))],
  ['password at sign-in', post('/v1/auth/login', (password) => ({ email: newEmail(), password }))],
  ['a refresh token', post('/v1/auth/refresh', (refreshToken) => ({ refreshToken }))],
  ['a question to the guard', post('/hardening/guard/inspect', (text) => ({ text }))],
  ...queries('/v1/users', 'limit', 'cursor', 'unknown'),
  ...queries('/v1/audit', 'limit', 'cursor', 'action', 'severity', 'actor', 'subject'),
  ...queries('/v1/audit', 'requestId', 'from', 'to'),
  ['a path', segment('/v1')],
  ['a kind of problem', segment('/docs/problems')],
  ['a file of the docs', segment('/docs/assets')],
  ['a client to let in', segment('/hardening/guard/blocked', 'DELETE')],
  ['the content type', headers('content-type')],
  ['authorization', headers('authorization')],
  [
    'the other headers',
    headers(
      ...[
        ['accept', 'accept-language', 'cookie', 'forwarded', 'if-none-match', 'origin', 'range'],
        ['referer', 'traceparent', 'tracestate', 'user-agent', 'x-forwarded-for', 'x-request-id'],
        ['x-forwarded-host', 'x-forwarded-proto', 'x-http-method-override', 'x-real-ip'],
      ].flat(),
    ),
  ],
];

describe('a naughty text', () => {
  it.each(WAYS)('as %s ends in success or a problem', async (_way, send) => {
    const wrong: unknown[] = [];
    for (let i = 0; i < TEXTS.length; i += AT_ONCE) {
      const texts = TEXTS.slice(i, i + AT_ONCE);
      for (const [index, answer] of (await Promise.all(texts.map(send))).entries()) {
        const type = answer.headers.get('content-type') ?? '';
        const isProblem = type.startsWith('application/problem+json');
        const isWell = answer.status < 400 ? !isProblem : isProblem && answer.status < 500;
        if (!isWell) wrong.push([texts[index], answer.status, type]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is kept as a name, byte for byte in NFC, unless it cannot be stored or holds markup', async () => {
    let kept = 0;
    for (const name of TEXTS) {
      const email = newEmail();
      const { status } = await api.post('/v1/auth/register', {
        email,
        password: PASSWORD,
        name,
      });
      const isStorable = name.isWellFormed() && !name.includes('\0');
      const isOfLength = name !== '' && lengthOf(name) <= 100;
      const holdsMarkup = /<[a-z!?/]/i.test(name);
      if (status !== 202) {
        expect({ name, refused: !isStorable || !isOfLength || holdsMarkup }).toEqual({
          name,
          refused: true,
        });
        expect(status).toBe(400);
        continue;
      }
      const { accessToken } = (await api.logIn(email)).body;
      const me = await api.get<{ name: string }>('/v1/users/me', { token: accessToken });
      if (holdsMarkup) {
        expect(me.body.name).not.toMatch(/<(script|img|svg|iframe)|<[^>]*\son\w+\s*=/i);
        continue;
      }
      expect(me.body.name).toBe(withoutControls(name).normalize('NFC'));
      kept++;
    }
    expect(kept).toBeGreaterThan(OWN.length / 2);
  });
});

/** C0 controls other than tab and line breaks are layout of terminals: docs/guard.md. */
function withoutControls(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x01-\x08\x0b\x0c\x0e-\x1f]/g, '');
}
