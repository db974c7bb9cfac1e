import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fake } from '../../../test/fake.js';
import { DatabaseUnavailable, NotFound } from '../errors/problems.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { Metrics } from '../telemetry/metrics.js';
import { runInContext } from '../telemetry/request-context.js';
import { CacheSignals } from './cache-signals.js';
import type { CachedRead } from './cache.js';
import { TagVersions } from './tag-versions.js';
import { TieredCache } from './tiered-cache.js';

const MAX_BYTES = 64_000;
const READ: CachedRead = { name: 'dishes', key: 'a', ttlMs: 10_000, graceMs: 0, tags: ['menu'] };

let isInTransaction: boolean;
let settled: (() => void)[];
let metrics: Metrics;
let cache: TieredCache;

beforeEach(() => {
  isInTransaction = false;
  settled = [];
  metrics = new Metrics();
  cache = new TieredCache({
    maxBytes: MAX_BYTES,
    transactions: {
      get isInTransaction() {
        return isInTransaction;
      },
      whenSettled: (act) => void (isInTransaction ? settled.push(act) : act()),
      waitFor: (shared) => shared,
    },
    tags: new TagVersions(
      fake<RedisConnection>({
        isConfigured: false,
        state: 'memory',
        subscribe: () => undefined,
        ask: async () => undefined,
      }),
    ),
    signals: new CacheSignals(metrics),
  });
});
afterEach(() => vi.restoreAllMocks());

const returning = <T>(value: T) => vi.fn(() => Promise.resolve(value));
const failing = (error: Error) =>
  vi.fn(async () => {
    throw error;
  });
const get = <T>(load: () => Promise<T>, read: Partial<CachedRead> = {}) =>
  cache.getOrLoad({ ...READ, ...read }, load);

/** So long that every answer so far is older than its time to live. */
function letTimePass(ms: number): void {
  const now = Date.now() + ms;
  vi.spyOn(Date, 'now').mockImplementation(() => now);
}

/** A load that is answered when the test says so. */
function slowLoad<T>() {
  const answers: ((value: T) => void)[] = [];
  const promise = new Promise<T>((resolve) => void answers.push(resolve));
  return { load: vi.fn(() => promise), answer: answers[0]! };
}

async function outcomes(): Promise<Record<string, number>> {
  const { values } = await metrics.registry.getSingleMetric('aerie_cache_reads_total')!.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels['outcome'], value]));
}

describe('an answer', () => {
  it('is loaded once and then known, dates as dates', async () => {
    const load = returning({ at: new Date(0), sequence: 1n, list: [undefined, null] });
    await get(load);
    expect(await get(load)).toEqual({ at: new Date(0), sequence: 1n, list: [undefined, null] });
    expect(load).toHaveBeenCalledOnce();
    expect(await outcomes()).toEqual({ loaded: 1, memory: 1 });
  });

  it('is loaded once for a thousand who ask at the same time', async () => {
    const { load, answer } = slowLoad<number>();
    const all = Promise.all(Array.from({ length: 1_000 }, () => get(load)));
    await vi.waitFor(() => expect(load).toHaveBeenCalled(), 60_000);
    answer(1);
    expect(new Set(await all)).toEqual(new Set([1]));
    expect(load).toHaveBeenCalledOnce();
    expect(await outcomes()).toEqual({ loaded: 1, shared: 999 });
  });

  it('that cannot be had is asked for once by a thousand, and by the next anew', async () => {
    const load = failing(new DatabaseUnavailable());
    const all = await Promise.allSettled(Array.from({ length: 1_000 }, () => get(load)));
    expect(all.every((one) => one.status === 'rejected' && one.reason.status === 503)).toBe(true);
    expect(load).toHaveBeenCalledOnce();
    expect(await get(returning(2))).toBe(2);
  });

  it('is kept apart by its key, and by what it is about', async () => {
    expect(await get(returning(1))).toBe(1);
    expect(await get(returning(2), { key: 'b' })).toBe(2);
    expect(await get(returning(3), { name: 'drinks' })).toBe(3);
  });

  it('is loaded anew when its time is over', async () => {
    await get(returning(1));
    letTimePass(READ.ttlMs + 1);
    expect(await get(returning(2))).toBe(2);
  });

  it('that is no answer is known for a moment, in bounded number, and pushes nothing out', async () => {
    await get(returning('kept'));
    const nobody = returning(null);
    for (let i = 0; i < 5_000; i++) await get(nobody, { key: `absent ${i}` });
    expect(await get(nobody, { key: 'absent 4999' })).toBeNull();
    expect(nobody).toHaveBeenCalledTimes(5_000);
    expect(await get(nobody, { key: 'absent 0' })).toBeNull();
    expect(nobody).toHaveBeenCalledTimes(5_001);
    expect(await get(returning('anew'))).toBe('kept');
  });

  it('takes no more memory than it may, alone or with others', async () => {
    const large = returning('x'.repeat(MAX_BYTES));
    await get(large);
    await get(large);
    expect(large).toHaveBeenCalledTimes(2);
    for (let i = 0; i < 200; i++) await get(returning('x'.repeat(1_000)), { key: String(i) });
    expect(cache.size.bytes).toBeLessThanOrEqual(MAX_BYTES);
    expect(cache.size.entries).toBeGreaterThan(20);
  });
});

describe('an invalidated tag', () => {
  it('does away with every answer that has it, and no other', async () => {
    await get(returning(1));
    await get(returning(2), { key: 'b', tags: ['menu', 'prices'] });
    await get(returning(3), { key: 'c', tags: ['staff'] });
    cache.invalidateTags('menu');
    expect(await get(returning(4))).toBe(4);
    expect(await get(returning(5), { key: 'b', tags: ['menu', 'prices'] })).toBe(5);
    expect(await get(returning(6), { key: 'c', tags: ['staff'] })).toBe(3);
    cache.invalidateTags('prices');
    expect(await get(returning(7), { key: 'b', tags: ['menu', 'prices'] })).toBe(7);
  });

  it('keeps what was read before it from being served after it', async () => {
    const { load, answer } = slowLoad<string>();
    const before = get(load);
    await vi.waitFor(() => expect(load).toHaveBeenCalled(), 60_000);
    cache.invalidateTags('menu');
    const after = get(returning('new'));
    answer('old');
    expect(await before).toBe('old');
    expect(await after).toBe('new');
    expect(await get(returning('newer'))).toBe('new');
  });

  it('counts from the end of the transaction, within which nothing is kept', async () => {
    await get(returning('old'));
    isInTransaction = true;
    cache.invalidateTags('menu');
    expect(await get(returning('not committed'))).toBe('not committed');
    isInTransaction = false;
    expect(await get(returning('new'))).toBe('old');
    for (const act of settled) act();
    expect(await get(returning('new'))).toBe('new');
  });
});

it('answers nothing while access is being decided, and keeps nothing of it', async () => {
  const request = { requestId: 'r', address: '::1', userAgent: undefined };
  const asked = (isAdmitted: boolean, answer: string) =>
    runInContext({ ...request, isAdmitted }, () => get(returning(answer)));
  expect(await asked(false, 'first')).toBe('first');
  expect(await asked(true, 'kept')).toBe('kept');
  expect(await asked(false, 'true by now')).toBe('true by now');
  expect(await asked(true, 'asked again')).toBe('kept');
});

describe('while its source is out of order, an answer', () => {
  const graced = { graceMs: 60_000 };

  it('is served beyond its time where it says so', async () => {
    await get(returning('stale'), graced);
    letTimePass(READ.ttlMs + 1);
    expect(await get(failing(new DatabaseUnavailable()), graced)).toBe('stale');
    expect(await get(returning('fresh'), graced)).toBe('fresh');
    expect(await outcomes()).toEqual({ loaded: 2, stale: 1 });
  });

  it('is not served where it does not', async () => {
    await get(returning('stale'));
    letTimePass(READ.ttlMs + 1);
    await expect(get(failing(new DatabaseUnavailable()))).rejects.toThrow(DatabaseUnavailable);
  });

  it('is not served once it was invalidated', async () => {
    await get(returning('wrong'), graced);
    cache.invalidateTags('menu');
    const load = failing(new DatabaseUnavailable());
    await expect(get(load, graced)).rejects.toThrow(DatabaseUnavailable);
  });

  it('is served no longer than it says, however often it is asked for', async () => {
    const short = { ttlMs: 1, graceMs: 50 };
    await get(returning('stale'), short);
    const load = failing(new DatabaseUnavailable());
    await vi.waitFor(() => expect(get(load, short)).rejects.toThrow(DatabaseUnavailable), {
      interval: 5,
    });
  });

  it('does not hide a refusal or a mistake', async () => {
    for (const error of [new NotFound(), new Error('a mistake')]) {
      await get(returning('stale'), graced);
      letTimePass(READ.ttlMs + 1);
      await expect(get(failing(error), graced)).rejects.toThrow(error);
      const load = failing(new DatabaseUnavailable());
      await expect(get(load, graced)).rejects.toThrow(DatabaseUnavailable);
      vi.restoreAllMocks();
    }
  });
});
