import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExpiringMap } from './expiring-map.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('ExpiringMap', () => {
  it('forgets what has ended', () => {
    const map = new ExpiringMap<number>(10);
    map.set('a', 1, Date.now() + 100);
    expect(map.get('a')?.value).toBe(1);
    vi.advanceTimersByTime(101);
    expect(map.get('a')).toBeUndefined();
    expect(map.entries()).toEqual([]);
  });

  it('never holds more than its bound; the oldest goes', () => {
    const map = new ExpiringMap<number>(3);
    for (let i = 0; i < 100_000; i++) map.set(`client ${i}`, i, Date.now() + 1_000);
    expect(map.entries().map(({ value }) => value)).toEqual([99_997, 99_998, 99_999]);
    expect(map.size).toBe(3);
  });
});

it.each([
  ['forwards', 86_400_000],
  ['backwards', -86_400_000],
])('what is left of an entry’s time is the same when the clock jumps %s', (_way, jumpMs) => {
  const map = new ExpiringMap<number>(3);
  map.set('a', 1, Date.now() + 1_000);
  vi.setSystemTime(Date.now() + jumpMs);
  expect(map.get('a')).toEqual({ value: 1, expiresAt: Date.now() + 1_000 });
  vi.advanceTimersByTime(1_001);
  expect(map.get('a')).toBeUndefined();
});
