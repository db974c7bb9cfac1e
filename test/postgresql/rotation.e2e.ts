import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodeProtectedHeader } from 'jose';
import { expect, it } from 'vitest';
import type { Api, Tokens } from '../api.js';
import { Services } from '../service.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/keys.mjs', import.meta.url));
const PATIENCE = { timeout: 60_000, interval: 100 };

const services = new Services();

const keys = (...words: string[]) =>
  promisify(execFile)(process.execPath, [SCRIPT, ...words], {
    env: { PATH: process.env['PATH'], ...services.database.environment },
  });

const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const me = async (api: Api, token: string) => (await api.get('/v1/users/me', { token })).status;

async function published(api: Api): Promise<string[]> {
  const { body } = await api.get<{ keys: { kid: string }[] }>('/.well-known/jwks.json');
  return body.keys.map(({ kid }) => kid);
}

it('a key is rotated under two processes, and no token is refused while it lasts', async () => {
  const both = [services.start(), services.start()];
  const apis = await Promise.all(both.map((service) => service.ready()));
  const [one, two] = apis as [Api, Api];
  const first = await one.join('ada@example.com');
  const oldKid = kidOf(first.accessToken)!;
  expect(await published(two)).toEqual([oldKid]);

  // somebody who never stops: each token of either process is shown to both
  const seen: number[] = [];
  const kids = new Set<string | undefined>();
  const end = new AbortController();
  const visits = (async () => {
    let mine: Tokens = (await one.logIn('ada@example.com')).body;
    for (let i = 0; !end.signal.aborted; i++) {
      const answer = await apis[i % 2]!.refresh(mine.refreshToken);
      seen.push(answer.status);
      if (answer.status !== 200) return;
      mine = answer.body;
      kids.add(kidOf(mine.accessToken));
      for (const api of apis) seen.push(await me(api, mine.accessToken));
    }
  })();

  await keys('rotate', 'add');
  for (const api of apis) await expect.poll(() => published(api), PATIENCE).toHaveLength(2);
  await keys('rotate', 'promote');
  const newKid = (await published(one)).find((kid) => kid !== oldKid)!;
  await expect.poll(() => published(one), PATIENCE).toEqual([newKid, oldKid]);
  await expect.poll(() => published(two), PATIENCE).toEqual([newKid, oldKid]);
  await expect.poll(() => kids.has(newKid), PATIENCE).toBe(true);
  for (const api of apis) expect(await me(api, first.accessToken)).toBe(200);

  await expect(keys('rotate', 'retire')).rejects.toThrow(/may live until/);
  end.abort();
  await visits;
  expect(seen.length).toBeGreaterThan(5);
  expect(new Set(seen)).toEqual(new Set([200]));
  expect(kids).toEqual(new Set([oldKid, newKid]));

  const { body: last } = await two.refresh(first.refreshToken);
  await keys('rotate', 'retire', '--now');
  for (const api of apis) await expect.poll(() => published(api), PATIENCE).toEqual([newKid]);
  for (const api of apis) {
    expect(await me(api, first.accessToken)).toBe(401);
    expect(await me(api, last.accessToken)).toBe(200);
  }
});
