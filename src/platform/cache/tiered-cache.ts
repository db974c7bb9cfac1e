import { hash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { deserialize, serialize } from 'node:v8';
import { BentoCache, bentostore, errors } from 'bentocache';
import { MemoryDriver } from 'bentocache/drivers/memory';
import type { CacheEvents } from 'bentocache/types';
import { LRUCache } from 'lru-cache';
import { Problem } from '../errors/problem.js';
import { currentRequest, forEverybody } from '../telemetry/request-context.js';
import { Cache, type CachedRead, type CacheSize } from './cache.js';
import type { CacheSignals } from './cache-signals.js';
import type { RedisTier } from './redis-tier.js';
import type { TagVersions } from './tag-versions.js';

const MOST_ENTRIES = 10_000;
/** One answer may take a sixteenth of the memory. */
const SHARE_OF_ONE = 16;
/** What is not there is remembered for a moment only, and beside the rest, which it cannot push out. */
const ABSENT_MS = 3_000;
const MOST_ABSENT = 1_000;

/** What the cache asks of the database that it reads for. */
export interface Transactions {
  readonly isInTransaction: boolean;
  whenSettled(act: () => void): void;
  /** Waits for what others wait for too, as long as the request at hand can. */
  waitFor<T>(shared: Promise<T>): Promise<T>;
}

export interface TieredCacheParts {
  readonly maxBytes: number;
  readonly transactions: Transactions;
  readonly tags: TagVersions;
  readonly signals: CacheSignals;
  /** Without it answers are kept in the memory of this process only. */
  readonly redisTier?: RedisTier;
}

interface Absence {
  readonly value: null | undefined;
}

/** Memory first, Redis second (bentocache), under keys that change when a tag is invalidated. */
export class TieredCache extends Cache {
  private readonly memory: LRUCache<string, string>;
  private readonly absent = new LRUCache<string, Absence>({ max: MOST_ABSENT, ttl: ABSENT_MS });
  private readonly reading = new Map<string, Promise<unknown>>();
  private readonly bento;

  constructor(private readonly parts: TieredCacheParts) {
    super();
    const { maxBytes, redisTier, signals } = parts;
    this.memory = new LRUCache({
      max: MOST_ENTRIES,
      maxSize: maxBytes,
      maxEntrySize: Math.ceil(maxBytes / SHARE_OF_ONE),
      sizeCalculation: (value, key) => value.length + key.length,
    });
    const store = bentostore().useL1Layer({
      options: {},
      factory: () => new MemoryDriver({ cacheInstance: this.memory }),
    });
    if (redisTier) store.useL2Layer({ options: {}, factory: () => redisTier });
    this.bento = new BentoCache({
      default: 'answers',
      stores: { answers: store },
      prefix: '',
      emitter: new EventEmitter(),
      // unlike JSON it brings dates back as dates
      serializer: {
        serialize: (entry: unknown) => serialize(entry).toString('base64'),
        deserialize: (text: string) => deserialize(Buffer.from(text, 'base64')) as unknown,
      },
    });
    this.bento.on('cache:hit', ({ key, layer, graced }: CacheEvents['cache:hit']) =>
      signals.count(nameIn(key), graced ? 'stale' : layer === 'l1' ? 'memory' : 'redis'),
    );
  }

  get size(): CacheSize {
    return { entries: this.memory.size, bytes: this.memory.calculatedSize };
  }

  async getOrLoad<T>(read: CachedRead, load: () => Promise<T>): Promise<T> {
    const { transactions, tags, signals } = this.parts;
    // the one may see what is not committed yet; the other decides on access, by what is true now
    if (transactions.isInTransaction || currentRequest()?.isAdmitted === false) return load();
    const key = keyOf(read, await tags.of(read.tags));
    const absence = this.absent.get(key);
    if (absence) {
      signals.count(read.name, 'absent');
      return absence.value as T;
    }
    const underWay = this.reading.get(key) as Promise<T> | undefined;
    if (underWay) {
      signals.count(read.name, 'shared');
      return transactions.waitFor(underWay);
    }
    const reading = forEverybody(() => this.readOnce(key, read, load)).finally(() =>
      this.reading.delete(key),
    );
    this.reading.set(key, reading);
    return transactions.waitFor(reading);
  }

  invalidateTags(...tags: string[]): void {
    this.parts.transactions.whenSettled(() => this.parts.tags.change(tags));
  }

  private async readOnce<T>(key: string, read: CachedRead, load: () => Promise<T>): Promise<T> {
    const { ttlMs, graceMs } = read;
    const loaded: Loaded<T>[] = [];
    try {
      const kept = await this.bento.getOrSet<T>({
        key,
        ttl: ttlMs,
        grace: graceMs > 0 ? ttlMs + graceMs : false,
        graceBackoff: null, // which would begin the time of grace anew
        timeout: null, // whoever asks gets what is true if it can be had
        factory: async ({ skip }) => {
          const result = await this.load(key, read.name, load);
          loaded.push(result);
          return result.isKept ? result.answer() : (skip() as T);
        },
      });
      return loaded[0] ? loaded[0].answer() : kept;
    } catch (error) {
      if (!(error instanceof errors.E_FACTORY_ERROR)) throw error;
      this.parts.signals.count(read.name, 'failed');
      throw error.cause;
    }
  }

  /** Throws in an outage, for which a stale answer may make up; a refusal is an answer and does away with it. */
  private async load<T>(key: string, name: string, load: () => Promise<T>): Promise<Loaded<T>> {
    const stop = this.parts.signals.startLoad(name);
    try {
      const value = await load();
      this.parts.signals.count(name, 'loaded');
      const isThere = value !== null && value !== undefined;
      if (!isThere) this.absent.set(key, { value: value as Absence['value'] });
      return { isKept: isThere, answer: () => value };
    } catch (error) {
      if (isOutage(error)) throw error;
      this.parts.signals.count(name, 'failed');
      await this.bento.delete({ key });
      return {
        isKept: false,
        answer: () => {
          throw error;
        },
      };
    } finally {
      stop();
    }
  }
}

/** What came of a load: whether to keep it, and what to say to those who wait, which may be to throw. */
interface Loaded<T> {
  readonly isKept: boolean;
  answer(): T;
}

/** 502 and 503 say that somebody else is out of order. A 500 is a mistake, which nothing should hide. */
function isOutage(error: unknown): boolean {
  return error instanceof Problem && error.status > 500;
}

/** Keys are hashed: they are bounded so, and say nothing of whom they are about. */
function keyOf({ name, key }: CachedRead, versions: string): string {
  return `${name}/${hash('sha256', `${versions}\0${key}`, 'base64url')}`;
}

function nameIn(key: string): string {
  return key.slice(0, key.indexOf('/'));
}
