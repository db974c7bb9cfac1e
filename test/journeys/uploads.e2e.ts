import { readdir } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Config } from '#platform/config/config';
import { startApp, type TestApp } from '../app.js';

const PATH = '/v1/users/me/picture';
const ONE_MEGABYTE = 1_048_576;
const HEADS = {
  'image/png': Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  'image/jpeg': Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
  'image/webp': Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'),
};
type Type = keyof typeof HEADS;

let test: TestApp;
let token: string;
let dataDir: string;
beforeAll(async () => {
  test = await startApp({ RATE_LIMIT_UPLOADS: '1000/1h', REQUEST_TIMEOUT_MS: '1000' });
  dataDir = test.app.get(Config).DATA_DIR;
  token = (await test.api.join('ada@example.com')).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

/** A file of that type, so many bytes long. */
const picture = (type: Type, bytes: number) =>
  Buffer.concat([HEADS[type], Buffer.alloc(bytes - HEADS[type].length, 7)]);

const put = (raw: Buffer<ArrayBuffer>, headers: Record<string, string> = {}, as = token) =>
  test.api.request('PUT', PATH, undefined, {
    token: as,
    raw,
    headers: { 'content-type': 'image/png', ...headers },
  });

async function fetchPicture(as = token) {
  const response = await fetch(test.api.url + PATH, { headers: { authorization: `Bearer ${as}` } });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    content: Buffer.from(await response.arrayBuffer()),
  };
}

/** A request whose body is still to be written; no length is said, so it is chunked. */
function begin(headers: Record<string, string> = {}) {
  const request = httpRequest(test.api.url + PATH, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png', ...headers },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  answer.catch(() => undefined);
  return { request, answer };
}

async function write(request: ClientRequest, content: Buffer): Promise<void> {
  await new Promise((resolve) => request.write(content, resolve));
}

/** Everything that lies in the store and on its way there. */
async function filesOnDisk(): Promise<string[]> {
  const all = await Promise.all(
    ['files', 'files-incoming'].map((folder) =>
      readdir(join(dataDir, folder), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  );
  return all
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

describe('a picture', () => {
  it.each(Object.keys(HEADS) as Type[])(
    'of the type %s comes back as it was sent',
    async (type) => {
      const content = picture(type, 5_000);
      expect((await put(content, { 'content-type': type })).status).toBe(204);
      expect(await fetchPicture()).toEqual({ status: 200, type, content });
      expect(await filesOnDisk()).toHaveLength(1);
    },
  );

  it('may have a megabyte, and not a byte more, said or counted', async () => {
    const most = picture('image/png', ONE_MEGABYTE);
    const tooMuch = picture('image/jpeg', ONE_MEGABYTE + 1);
    expect((await put(most)).status).toBe(204);
    const refused = await put(tooMuch, { 'content-type': 'image/jpeg' });
    expect(refused.status).toBe(413);
    expect(refused.body).toMatchObject({ type: '/docs/problems/too-large' });

    for (const [content, status] of [
      [most, 204],
      [picture('image/png', ONE_MEGABYTE + 1), 413],
    ] as const) {
      const { request, answer } = begin();
      request.end(content);
      expect((await answer).statusCode).toBe(status);
    }
    expect((await fetchPicture()).content.equals(most)).toBe(true); // toEqual() takes seconds
    expect(await filesOnDisk()).toHaveLength(1);
  });

  it('is refused at its head when that says too much, before a byte of it has come', async () => {
    const { request, answer } = begin({ 'content-length': String(ONE_MEGABYTE + 1) });
    request.flushHeaders();
    const { statusCode, headers } = await answer;
    expect(statusCode).toBe(413);
    expect(headers.connection).toBe('close');
    request.destroy();
  });

  it.each([
    ['another type', 'image/gif', Buffer.from('GIF89a, and so on')],
    ['JSON', 'application/json', Buffer.from('{}')],
    [
      'a page that says to be a picture',
      'image/png',
      Buffer.from('<html><script>alert(1)</script>'),
    ],
    ['one kind that says to be another', 'image/png', picture('image/jpeg', 100)],
    ['a beginning and no more', 'image/webp', Buffer.from('RIFF')],
  ])('is not %s', async (_, type, content) => {
    const before = await filesOnDisk();
    const answer = await put(content, { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(answer.body).toMatchObject({ type: '/docs/problems/media-type' });
    expect(await filesOnDisk()).toEqual(before);
  });

  it('is wanted, not an empty body', async () => {
    expect((await put(Buffer.alloc(0))).status).toBe(415);
  });

  it.each(['../../etc/passwd', 'a/b.png', 'a\\b.png', '..', 'evil%0d%0a.png', 'a%E2%80%AEgnp.exe'])(
    'has a name that is no path and shows what it is: %j',
    async (name) => {
      const disposition = `attachment; filename*=UTF-8''${name}`;
      const answer = await put(picture('image/png', 100), { 'content-disposition': disposition });
      expect(answer.status).toBe(400);
    },
  );

  it('may have a name as people give it', async () => {
    const disposition = `attachment; filename="me.png"; filename*=UTF-8''%C3%A9t%C3%A9%20(2).png`;
    const answer = await put(picture('image/png', 100), { 'content-disposition': disposition });
    expect(answer.status).toBe(204);
  });

  it('belongs to who is signed in', async () => {
    const other = (await test.api.join('grace@example.com')).accessToken;
    expect((await fetchPicture(other)).status).toBe(404);
    expect((await put(picture('image/png', 100), {}, 'nobody')).status).toBe(401);
    expect((await test.api.request('DELETE', PATH, undefined, { token: other })).status).toBe(404);
    expect((await fetchPicture()).status).toBe(200);
  });

  it('goes when it is removed, file and all, and both are recorded', async () => {
    const { accessToken: admin } = await test.logInAdmin();
    await put(picture('image/png', 100));
    expect((await test.api.request('DELETE', PATH, undefined, { token })).status).toBe(204);
    expect((await fetchPicture()).status).toBe(404);
    expect(await filesOnDisk()).toEqual([]);
    const actions = (await test.api.auditOf(admin)).map(({ action }) => action);
    expect(actions).toContain('user.picture_removed');
    expect(actions).toContain('user.picture_changed');
  });
});

describe('an upload that does not come to its end', () => {
  it('leaves nothing when its client goes away', async () => {
    const before = await filesOnDisk();
    const { request } = begin();
    await write(request, picture('image/png', 100_000));
    await expect.poll(async () => (await filesOnDisk()).length).toBe(before.length + 1);
    request.destroy();
    await expect.poll(filesOnDisk).toEqual(before);
  });

  it('is cut off when it stops, and leaves nothing', async () => {
    const before = await filesOnDisk();
    const { request, answer } = begin();
    await write(request, picture('image/png', 100));
    expect((await answer).statusCode).toBe(408);
    request.destroy();
    await expect.poll(filesOnDisk).toEqual(before);
  });

  it('may take longer than other requests as long as it goes on', async () => {
    const { request, answer } = begin();
    const chunk = picture('image/png', 40_000);
    const startedAt = performance.now();
    while (performance.now() - startedAt < 2_500) {
      await write(request, chunk);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    request.end();
    expect((await answer).statusCode).toBe(204);
  });
});

it('the eleventh file of an hour is refused, unread', async () => {
  await using own = await startApp({ RATE_LIMIT_API: '100000/15m' });
  const { accessToken } = await own.api.join('ada@example.com');
  const statuses: number[] = [];
  for (let i = 0; i < 11; i++) {
    const raw = picture('image/png', 100);
    const headers = { 'content-type': 'image/png' };
    statuses.push(
      (await own.api.request('PUT', PATH, undefined, { token: accessToken, raw, headers })).status,
    );
  }
  expect(statuses).toEqual([...Array<number>(10).fill(204), 429]);
});
