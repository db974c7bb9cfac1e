import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RowCache } from './row-cache.js';

interface Row {
  value: number;
}

let isTrusted: boolean;
let isInTransaction: boolean;
let ttlMs: number;
const announce = vi.fn();
let settled: (() => void)[];
let cache: RowCache<Row>;

beforeEach(() => {
  isTrusted = true;
  isInTransaction = false;
  ttlMs = 60_000;
  settled = [];
  announce.mockReset();
  cache = new RowCache<Row>({
    ttlMs: () => ttlMs,
    isTrusted: () => isTrusted,
    isInTransaction: () => isInTransaction,
    whenSettled: (act) => void settled.push(act),
    waitFor: (shared) => shared,
    announce,
  });
});

/** A read that is answered when the test says so. */
function slowRead() {
  const answers: ((row: Row) => void)[] = [];
  const promise = new Promise<Row>((resolve) => void answers.push(resolve));
  return { read: vi.fn(() => promise), answer: (row: Row) => answers[0]!(row) };
}

const reading = (value: number) => vi.fn(() => Promise.resolve({ value }));

describe('a row', () => {
  it('is read once and then known', async () => {
    const read = reading(1);
    await cache.get('a', read);
    expect(await cache.get('a', read)).toEqual({ value: 1 });
    expect(read).toHaveBeenCalledOnce();
  });

  it('is read once for all who ask while it is read', async () => {
    const { read, answer } = slowRead();
    const answers = Promise.all([cache.get('a', read), cache.get('a', read)]);
    answer({ value: 1 });
    expect(await answers).toEqual([{ value: 1 }, { value: 1 }]);
    expect(read).toHaveBeenCalledOnce();
  });

  it('is read anew when its change is settled, and not before, and others are told', async () => {
    await cache.get('a', reading(1));
    cache.forget('a');
    expect(await cache.get('a', reading(2))).toEqual({ value: 1 });
    expect(announce).not.toHaveBeenCalled();
    for (const act of settled) act();
    expect(await cache.get('a', reading(2))).toEqual({ value: 2 });
    expect(announce).toHaveBeenCalledExactlyOnceWith('a');
  });

  it('is not kept when it changed while it was read', async () => {
    const { read, answer } = slowRead();
    const old = cache.get('a', read);
    cache.drop('a');
    const fresh = cache.get('a', reading(2));
    answer({ value: 1 });
    expect(await old).toEqual({ value: 1 });
    expect(await fresh).toEqual({ value: 2 });
    expect(await cache.get('a', reading(3))).toEqual({ value: 2 });
  });

  it('is read anew when it is too old, or nobody can know whether it changed', async () => {
    await cache.get('a', reading(1));
    isTrusted = false;
    expect(await cache.get('a', reading(2))).toEqual({ value: 2 });
    isTrusted = true;
    ttlMs = 0;
    expect(await cache.get('a', reading(3))).toEqual({ value: 3 });
  });

  it('that is read in a transaction, which may never be committed, is for nobody else', async () => {
    await cache.get('a', reading(1));
    isInTransaction = true;
    expect(await cache.get('a', reading(2))).toEqual({ value: 2 });
    isInTransaction = false;
    expect(await cache.get('a', reading(3))).toEqual({ value: 1 });
  });

  it('that does not exist, or cannot be read, is not remembered', async () => {
    expect(await cache.get('a', () => Promise.resolve(null))).toBeNull();
    await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.get('a', reading(1))).toEqual({ value: 1 });
  });
});
