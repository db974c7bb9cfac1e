import type { CacheDriver } from 'bentocache/types';
import { UndecryptableValue, type FieldCipher } from '../encryption/field-cipher.js';
import type { RedisConnection } from '../redis/redis-connection.js';

const PREFIX = 'cache:';
const LONGEST_VALUE = 1_000_000;
/** What `FieldCipher` writes begins so; the rest did not come from here. */
const SEALED = 'v1.';

interface RedisTierParts {
  readonly redis: RedisConnection;
  readonly cipher: FieldCipher;
}

/**
 * The second tier: what other processes have read already. Values are encrypted and belong to their
 * key, so whoever reads Redis learns nothing, and what somebody else wrote there is not believed. A
 * Redis that does not answer in time has nothing.
 */
export class RedisTier implements CacheDriver {
  readonly type = 'l2';

  constructor(private readonly parts: RedisTierParts) {}

  async get(key: string): Promise<string | undefined> {
    const { redis, cipher } = this.parts;
    const sealed = await redis.ask((client) => client.get(PREFIX + key));
    if (!sealed?.startsWith(SEALED)) return undefined;
    try {
      return cipher.decrypt(sealed, PREFIX + key);
    } catch (error) {
      if (error instanceof UndecryptableValue) return undefined;
      throw error;
    }
  }

  async set(key: string, value: string, ttlMs = 0): Promise<boolean> {
    if (value.length > LONGEST_VALUE || ttlMs <= 0) return false;
    const { redis, cipher } = this.parts;
    const sealed = cipher.encrypt(value, PREFIX + key);
    // nobody waits for it
    void redis.ask((client) => client.set(PREFIX + key, sealed, 'PX', Math.ceil(ttlMs)));
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return (await this.parts.redis.ask((client) => client.unlink(PREFIX + key))) === 1;
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    await Promise.all(keys.map((key) => this.delete(key)));
    return true;
  }

  async pull(key: string): Promise<string | undefined> {
    const value = await this.get(key);
    await this.delete(key);
    return value;
  }

  /** To invalidate everything is for `TagVersions`; looking through all keys would block Redis. */
  async clear(): Promise<void> {}

  namespace(): RedisTier {
    return this;
  }

  /** The connection is not ours. */
  async disconnect(): Promise<void> {}
}
