import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { findProgram, freePort } from '../drills/kit/own-process.mjs';
import { RedisServer as OwnRedis } from '../drills/kit/redis-server.mjs';

/** A Redis of the test's own, in a process that it may freeze and kill. It keeps nothing on disk. */
export class RedisServer extends OwnRedis {
  /** One that is not started yet. */
  static async onFreePort(): Promise<RedisServer> {
    const program = findProgram('redis-server');
    if (!program) throw new Error('this suite needs a redis-server on PATH');
    return new RedisServer(program, tmpdir(), await freePort());
  }

  freeze(): void {
    this.process.freeze();
  }

  thaw(): void {
    this.process.thaw();
  }

  /** Also when it was never started. */
  async kill(): Promise<void> {
    await (this.process as RedisServer['process'] | undefined)?.kill();
  }

  /** Asks it by a connection of its own, which waits until it is there. */
  async withClient<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.url.href, {
      maxRetriesPerRequest: null,
      retryStrategy: () => 50,
    });
    client.on('error', () => undefined);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }
}
