import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { signIn } from '../kit/accounts.mjs';
import { ask } from '../kit/load.mjs';
import { ownDirectory } from '../kit/own-process.mjs';
import { RedisServer } from '../kit/redis-server.mjs';
import { scratchDatabase } from '../kit/scratch-database.mjs';
import { Service } from '../kit/service.mjs';
import { TcpProxy } from '../kit/tcp-proxy.mjs';

const PAUSE_MS = 50;
const PATIENCE_MS = 30_000;

/** What the drill plays on: two services on one database, and a proxy before their one Redis. */
export class RedisSetting {
  /** @type {RedisServer | undefined} */
  server;
  proxy;
  /** Of the service that the load is put on, and of the other. */
  url;
  otherUrl;
  #token;
  #flusher;

  static async make(drill) {
    const setting = new RedisSetting();
    const given = drill.options.redisUrl;
    if (!given) setting.server = await RedisServer.start(drill);
    const redis = given ? new URL(given) : setting.server.url;
    setting.proxy = await TcpProxy.to(redis);
    drill.endWith(() => setting.proxy.close());
    setting.#flusher = new Redis(redis.href, { lazyConnect: true, retryStrategy: () => 500 });
    setting.#flusher.on('error', () => undefined);
    drill.endWith(() => setting.#flusher.disconnect());

    const environment = {
      DATABASE_URL: (await scratchDatabase(drill)).href,
      REDIS_URL: setting.proxy.url(redis),
      DATA_DIR: ownDirectory(drill), // both with the same keys
    };
    setting.url = await Service.start(drill, environment).address();
    setting.otherUrl = await Service.start(drill, environment).address();
    setting.#token = await signIn(setting.url);
    return setting;
  }

  flush = () => void this.#flusher.flushall().catch(() => undefined);

  /** What is asked again and again: who am I, and lists that are cached. */
  read(number) {
    const paths = ['/v1/users/me', '/v1/users', '/v1/auth/sessions'];
    const path = paths[number % paths.length];
    return { kind: path, path, headers: { authorization: `Bearer ${this.#token}` } };
  }

  /** Throws when both services do not say so in time. */
  async untilStorageIs(storage, patienceMs = PATIENCE_MS) {
    const start = performance.now();
    for (const url of [this.url, this.otherUrl]) {
      for (;;) {
        const { body } = await ask(url, { path: '/health' });
        if (body.rateLimits?.storage === storage) break;
        if (performance.now() - start > patienceMs) throw new Error(`${url} is not on ${storage}`);
        // whether Redis is there is noticed when it is asked
        await ask(url, this.read(0));
        await delay(PAUSE_MS);
      }
    }
  }

  /** How long a session that both services know is good in the one after it was ended in the other. */
  async endSessionHereAndTryItThere() {
    const token = await signIn(this.url);
    const call = { path: '/v1/users/me', headers: { authorization: `Bearer ${token}` } };
    for (const url of [this.url, this.otherUrl]) await ask(url, call);
    await ask(this.url, { ...call, method: 'POST', path: '/v1/auth/logout' });
    const endedAt = performance.now();
    while (performance.now() - endedAt < PATIENCE_MS) {
      if ((await ask(this.otherUrl, call)).status === 401) break;
      await delay(PAUSE_MS);
    }
    return performance.now() - endedAt;
  }
}
