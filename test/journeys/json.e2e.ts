import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { corpus } from '../corpora.js';

let guarded: TestApp;
/** Without the guard, which has its own say about texts, it is the parser that answers "malformed". */
let unguarded: TestApp;
beforeAll(async () => {
  guarded = await startApp();
  unguarded = await startApp({ GUARD_MODE: 'off' });
});
afterAll(async () => {
  await guarded[Symbol.asyncDispose]();
  await unguarded[Symbol.asyncDispose]();
});

type Expected = 'accept' | 'reject' | 'either';

interface JsonText {
  readonly name: string;
  readonly expected: Expected;
  readonly body: Uint8Array<ArrayBuffer>;
}

const own = (expected: Expected, ...texts: string[]): JsonText[] =>
  texts.map((text) => ({
    name: JSON.stringify(text.slice(0, 60)),
    expected,
    body: new Uint8Array(Buffer.from(text, 'latin1')),
  }));

const OWN = [
  ...own('accept', '{}', '[]', 'null', 'true', '-0', '1e9', '""', ' \t\r\n{ "a" : [ 1 , {} ] } '),
  ...own('accept', '"\\u0000"', '"\\uD83D\\uDE00"', '{"a":1,"a":2}', '{"":0}', '"\xc3\xa9"'),
  ...own('accept', '\xef\xbb\xbf{}'), // RFC 8259 §8.1 leaves a byte order mark to the reader
  ...own('reject', '', ' ', '{', '}', '[', '[1,]', '[,1]', '{"a":1,}', '{"a"}', '{a:1}', "{'a':1}"),
  ...own('reject', '01', '.1', '1.', '+1', '1e', '0x1', 'NaN', 'Infinity', 'undefined', 'True'),
  ...own('reject', '"\t"', '"\n"', '"\\x"', '"\\u12"', '"', '[1]2', '{}{}', '// a\n{}', '\x0b{}'),
  ...own('reject', '"\xff"', '"\xc0\x80"', '"\xed\xa0\x80"', '"\xf5\x80\x80\x80"', '\0{}', '{}\0'),
  ...own('reject', '['.repeat(1e5), '{"a":'.repeat(1e5), `${'['.repeat(33)}${']'.repeat(33)}`),
  ...own('either', '"\\uD800"', '1e999', '-1e-999', `1${'0'.repeat(5_000)}`),
];

const PUBLIC = corpus<{ name: string; expect: Expected; body_b64: string }>('json_tests').map(
  ({ name, expect: expected, body_b64: base64 }): JsonText => {
    return { name, expected, body: new Uint8Array(Buffer.from(base64, 'base64')) };
  },
);

/** What none of the texts is for this route is valid: when it can be read, the validation refuses it. */
const send = ({ api }: TestApp, { body }: JsonText) =>
  api.post('/v1/auth/refresh', undefined, { raw: body });

describe('a JSON text is read when RFC 8259 has it so, and refused as malformed otherwise', () => {
  it.each([...OWN, ...PUBLIC])('$name: $expected', async (text) => {
    const { status, headers, body } = await send(unguarded, text);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    if (text.expected === 'accept') expect(body['type']).toBe('/docs/problems/validation');
    if (text.expected === 'reject') expect(body['type']).toBe('/docs/problems/malformed');
    const { status: behindTheGuard } = await send(guarded, text);
    expect([400, 403]).toContain(behindTheGuard);
  });
});
