import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ADMIN } from '../app.js';
import type { Api } from '../api.js';
import { Services } from '../service.js';

const PATH = '/v1/users/me/picture';
const services = new Services();
const LIMITS = { RATE_LIMIT_UPLOADS: '100000/1h' };

/** A picture that is told from others by its length and content. */
const picture = (number: number) =>
  Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    Buffer.alloc(100_000 + number, number),
  ]);

const signIn = async (api: Api) => (await api.logIn(ADMIN.email, ADMIN.password)).body.accessToken;

const put = (api: Api, token: string, raw: Buffer<ArrayBuffer>) =>
  api.request('PUT', PATH, undefined, { token, raw, headers: { 'content-type': 'image/png' } });

async function served(api: Api, token: string): Promise<Buffer> {
  const response = await fetch(api.url + PATH, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

it('SIGKILL in the middle of an upload leaves the picture that was there', async () => {
  const service = services.start(LIMITS);
  const api = await service.ready();
  const token = await signIn(api);
  expect((await put(api, token, picture(1))).status).toBe(204);
  const half = httpRequest(api.url + PATH, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' },
  });
  half.on('error', () => undefined);
  half.write(picture(2).subarray(0, 50_000));
  await expect
    .poll(() => readdir(join(services.database.environment.DATA_DIR, 'files-incoming')))
    .toHaveLength(1);
  service.signal('SIGKILL');
  await service.exit;

  const again = await services.start(LIMITS).ready();
  expect((await served(again, await signIn(again))).equals(picture(1))).toBe(true);
});

it('SIGKILL among one picture after the other leaves a whole one, the last acknowledged or the next', async () => {
  let service = services.start(LIMITS);
  let api = await service.ready();
  for (const round of [1, 2]) {
    const token = await signIn(api);
    let acknowledged = 0;
    for (let number = 1; number < 200; number++) {
      if (number === 5 * round) setTimeout(() => service.signal('SIGKILL'), 7 * round);
      const answer = await put(api, token, picture(number)).catch(() => null);
      if (answer?.status !== 204) break;
      acknowledged = number;
    }
    await service.exit;

    service = services.start(LIMITS);
    api = await service.ready();
    const content = await served(api, await signIn(api));
    const found = [acknowledged, acknowledged + 1].find((n) => content.equals(picture(n)));
    expect(found).toBeDefined();
  }
});
