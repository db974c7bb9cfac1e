import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { exchange, type Exchange } from '../raw-http.js';

let test: TestApp;
beforeAll(async () => {
  test = await startApp({ REQUEST_TIMEOUT_MS: '1000' });
});
afterAll(() => test[Symbol.asyncDispose]());

const BODY = '{"refreshToken":"x"}';
const SIZE = `content-length: ${BODY.length}\r\n`;
const CHUNKED = 'transfer-encoding: chunked\r\n';
const CHUNKS = `14\r\n${BODY}\r\n0\r\n\r\n`;
const CLOSE = 'connection: close\r\n';
/** What a smuggler hides behind the first request: a second answer would be to this. */
const HIDDEN = 'GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n';

const get = (headers: string, line = 'GET /ping HTTP/1.1') => `${line}\r\n${headers}\r\n${HIDDEN}`;
const line = (text: string) => get('host: x\r\n', text);
const post = (headers: string, body: string) =>
  `POST /v1/auth/refresh HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n${body}`;
const coded = (coding: string, body = CHUNKS) =>
  post(`transfer-encoding:${coding}\r\n`, body + HIDDEN);
const sized = (...lengths: string[]) =>
  post(lengths.map((length) => `content-length:${length}\r\n`).join(''), BODY + HIDDEN);
const chunks = (body: string) => post(CHUNKED, body + HIDDEN);

/** The answer, which is the only one, a problem and logged once. */
async function problemTo(bytes: string): Promise<Exchange> {
  const answer = await exchange(test.api.url, bytes);
  const [status] = answer.statuses;
  expect(answer.headers).toMatchObject({
    connection: 'close',
    'content-type': 'application/problem+json; charset=utf-8',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'x-content-type-options': 'nosniff',
  });
  const requestId = answer.headers['x-request-id'];
  const document = JSON.parse(answer.text.split('\r\n\r\n')[1]!) as Record<string, unknown>;
  expect(document).toMatchObject({ status, requestId, type: expect.any(String) });
  await expect
    .poll(() => test.lines.filter((each) => each['status'] && each['requestId'] === requestId))
    .toMatchObject([{ status, address: expect.any(String) }]);
  return answer;
}

describe('one problem, one log line and the end of the connection for', () => {
  it.each([
    ['no HTTP', 'HELLO WORLD\r\n\r\n'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['no method', line(' / HTTP/1.1')],
    ['a method in lower case', line('get / HTTP/1.1')],
    ['a method that is none', line('BREW / HTTP/1.1')],
    ['a tunnel', line('CONNECT example.com:443 HTTP/1.1')],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a version that is none', line('GET / HTTP/1.2')],
    ['no version', line('GET / ')],
    ['tabs for blanks', line('GET\t/\tHTTP/1.1')],
    ['a blank in the target', line('GET /a b HTTP/1.1')],
    ['a target without a slash', line('GET ping HTTP/1.1')],
    ['NUL in the target', line('GET /\0 HTTP/1.1')],
    ['raw bytes in the target', line('GET /\xff\xfe HTTP/1.1')],
    ['no host', get('')],
    ['two hosts', get('host: a\r\nHost: b\r\n')],
    ['twice the same host', get('host: a\r\nhost: a\r\n')],
    ['a host with a path', get('host: a/b\r\n')],
    ['a host with a user', get('host: a@b\r\n')],
    ['a header without a colon', get('host: x\r\nnothing\r\n')],
    ['a header without a name', get('host: x\r\n: b\r\n')],
    ['a blank before the colon', get('host: x\r\na : b\r\n')],
    ['NUL in a header', get('host: x\r\na: b\0c\r\n')],
    ['CR in a header', get('host: x\r\na: b\rc\r\n')],
    ['a blank before the first header', get(' host: x\r\n')],
    ['a folded header', get('host: x\r\na: b\r\n c\r\n')],
    ['line ends without CR', 'GET /ping HTTP/1.1\nhost: x\n\n'],
    ['one line end without CR', get('host: x\na: b\r\n')],
    ['line ends without LF', 'GET /ping HTTP/1.1\rhost: x\r\r'],
  ])('400 %s', async (_what, bytes) => {
    expect((await problemTo(bytes)).statuses).toEqual([400]);
  });

  it.each([
    ['both lengths', post(SIZE + CHUNKED, CHUNKS + HIDDEN)],
    ['both lengths the other way round', post(CHUNKED + SIZE, CHUNKS + HIDDEN)],
    ['chunks in HTTP/1.0', chunks(CHUNKS).replace('HTTP/1.1', 'HTTP/1.0')],
    ['a coding behind LF', post(`x: y\n${CHUNKED}${SIZE}`, CHUNKS + HIDDEN)],
    [
      'a blank before the colon of a coding',
      post(`transfer-encoding : chunked\r\n${SIZE}`, CHUNKS),
    ],
    ['the coding xchunked', coded(' xchunked')],
    ['the coding identity', coded(' identity')],
    ['no coding', coded('')],
    ['a quoted coding', coded(' "chunked"')],
    ['a coding behind a vertical tab', coded(' \x0bchunked')],
    ['a folded coding', coded('\r\n chunked')],
    ['chunked and identity', coded(' chunked, identity')],
    ['chunked twice', coded(' chunked, chunked')],
    ['gzip and chunked', coded(' gzip, chunked')],
    ['two codings', coded(' identity\r\ntransfer-encoding: chunked')],
    ['the same coding twice', coded(' chunked\r\ntransfer-encoding: chunked')],
    ['two lengths', sized(' 20', ' 5')],
    ['the same length twice', sized(' 20', ' 20')],
    ['a list of lengths', sized(' 20, 20')],
    ['a negative length', sized(' -1')],
    ['a length with a plus', sized(' +20')],
    ['a hexadecimal length', sized(' 0x14')],
    ['a length with a blank', sized(' 2 0')],
    ['an endless length', sized(' 99999999999999999999999')],
    ['an empty length', sized('')],
    ['a chunk of no size', chunks(`zz\r\n${BODY}\r\n0\r\n\r\n`)],
    ['a chunk of 0x14', chunks(`0x14\r\n${BODY}\r\n0\r\n\r\n`)],
    ['an endless chunk', chunks(`fffffffffffffffff\r\n${BODY}\r\n0\r\n\r\n`)],
    ['LF in an extension', chunks(`14;a\n=b\r\n${BODY}\r\n0\r\n\r\n`)],
    ['chunks that end with LF', chunks(`14\n${BODY}\n0\n\n`)],
    ['a chunk that does not end', chunks(`14\r\n${BODY}0\r\n\r\n`)],
    ['a trailer that is none', chunks(`14\r\n${BODY}\r\n0\r\nx y\r\n\r\n`)],
  ])('400 %s, as smugglers send', async (_what, bytes) => {
    expect((await problemTo(bytes)).statuses).toEqual([400]);
  });

  it.each([
    ['one endless header', get(`host: x\r\na: ${'b'.repeat(17_000)}\r\n`)],
    ['an endless URL', line(`GET /${'b'.repeat(17_000)} HTTP/1.1`)],
    ['a heap of headers', get(`host: x\r\n${CLOSE}${'a: b\r\n'.repeat(2_500)}`)],
  ])('431 %s', async (_what, bytes) => {
    expect((await problemTo(bytes)).statuses).toEqual([431]);
  });

  it('417 an expectation that nobody can meet', async () => {
    const { statuses, text } = await problemTo(post(`expect: a miracle\r\n${SIZE}`, BODY + HIDDEN));
    expect(statuses).toEqual([417]);
    expect(text).toContain('/docs/problems/expectation');
  });

  it.each([
    ['half a line', 'GET /pi'],
    ['half a head', 'GET /ping HTTP/1.1\r\nhost: x\r\n'],
    ['half a body', post('content-length: 50\r\n', '{')],
    ['half a chunk', post(CHUNKED, '5\r\n{')],
  ])('408 %s', async (_what, bytes) => {
    expect((await problemTo(bytes)).statuses).toEqual([408]);
  });

  it.each([
    ['a URL that cannot be decoded', get(`host: x\r\n${CLOSE}`, 'GET /v1/%E0%A4%A HTTP/1.1')],
    [
      'one behind a route with a parameter',
      get(`host: x\r\n${CLOSE}`, 'GET /docs/problems/%zz HTTP/1.1'),
    ],
  ])('400 %s', async (_what, bytes) => {
    const { statuses, headers } = await problemTo(bytes);
    expect(statuses).toEqual([400]);
    expect(headers['ratelimit-policy']).toContain('"api"');
  });
});

describe('what only looks odd', () => {
  it.each([
    ['HTTP/1.0 without a host', 'GET /ping HTTP/1.0\r\n\r\n', [200]],
    ['an absolute target', get(`host: x\r\n${CLOSE}`, 'GET http://x/ping HTTP/1.1'), [200]],
    ['an empty host', get(`host:\r\n${CLOSE}`), [200]],
    ['an IPv6 host', get(`host: [::1]:3000\r\n${CLOSE}`), [200]],
    ['a body behind a GET', get(`host: x\r\n${CLOSE}content-length: ${HIDDEN.length}\r\n`), [200]],
    ['an upgrade that nobody offers', get(`host: x\r\n${CLOSE}upgrade: h2c\r\n`), [200]],
    ['an expected 100', post(`expect: 100-continue\r\n${CLOSE}${SIZE}`, BODY), [100, 400]],
    ['CHUNKED', post(`${CLOSE}Transfer-Encoding: CHUNKED\r\n`, CHUNKS), [400]],
    ['a chunk with an extension', post(CLOSE + CHUNKED, CHUNKS.replace('\r', ';a=b\r')), [400]],
    [
      'a length in the trailer',
      post(CLOSE + CHUNKED, CHUNKS.replace('0\r\n', '0\r\na: 5\r\n')),
      [400],
    ],
  ])('%s is served as what it is', async (_what, bytes, statuses) => {
    const answer = await exchange(test.api.url, bytes);
    expect(answer.statuses).toEqual(statuses);
    if (statuses.includes(400)) expect(answer.text).toContain('/docs/problems/validation');
  });

  it.each([
    ['that ends the connection', CLOSE],
    ['that would keep it', ''],
  ])('bytes behind a request %s get no answer, and do not take its own', async (_what, last) => {
    const head = `GET /docs/openapi.json HTTP/1.1\r\nhost: x\r\n${last}\r\n`;
    const { statuses, text } = await exchange(test.api.url, `${head}GARBAGE\r\n\r\n`);
    expect(statuses).toEqual([200]);
    expect(JSON.parse(text.split('\r\n\r\n')[1]!)).toHaveProperty('openapi');
  });
});
