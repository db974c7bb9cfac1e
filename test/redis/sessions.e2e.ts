import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { RowCaches } from '#platform/cache/row-caches';
import { startApp, type TestApp } from '../app.js';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';
import { redisUrl } from '../servers.js';

let redis: Redis;
let database: ScratchDatabase;
let environment: Record<string, string>;

beforeEach(async () => {
  redis = new Redis(redisUrl, { db: 15 });
  await redis.flushdb();
  database = await scratchDatabase('postgresql');
  const url = new URL(redisUrl);
  url.pathname = '/15';
  environment = { ...database.environment, REDIS_URL: url.href };
});
afterEach(async () => {
  redis.disconnect();
  await database.drop();
});

const me = async ({ api }: TestApp, token: string) =>
  (await api.get('/v1/users/me', { token })).status;

/** Both have to listen before a message can reach both. */
async function untilListening(count: number): Promise<void> {
  for (;;) {
    const [, listeners] = (await redis.pubsub('NUMSUB', 'rows-changed')) as [string, number];
    if (listeners >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a session that is known to two processes', () => {
  it('ends in both as soon as it is ended in one', async () => {
    await using first = await startApp(environment);
    await using second = await startApp(environment);
    await untilListening(2);
    const { accessToken } = await first.api.join('ada@example.com');
    for (let i = 0; i < 3; i++) {
      expect([await me(first, accessToken), await me(second, accessToken)]).toEqual([200, 200]);
    }
    const sessions = second.app.get(RowCaches).of('session');
    const heard = new Promise<void>((resolve) => {
      const drop = sessions.drop.bind(sessions);
      sessions.drop = (id) => {
        drop(id);
        resolve();
      };
    });
    await first.api.post('/v1/auth/logout', undefined, { token: accessToken });
    expect(await me(first, accessToken)).toBe(401);
    await heard;
    expect(await me(second, accessToken)).toBe(401);
  });
});
