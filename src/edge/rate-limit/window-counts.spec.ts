import { describe, expect, it, vi } from 'vitest';
import { WindowCounts } from './window-counts.js';

function costNs(held: number, first: number): number {
  const counts = new WindowCounts(60_000, 100_000);
  for (let i = 0; i < held; i++) counts.add(`api:key ${i}`);
  const names = Array.from({ length: 1_000 }, (_, i) => `api:key ${first + i}`);
  const start = process.hrtime.bigint();
  for (const name of names) counts.add(name);
  return Number(process.hrtime.bigint() - start) / names.length;
}

describe('counts in memory', () => {
  it('add up within a window and start anew after it', () => {
    const counts = new WindowCounts(1_000);
    expect(counts.add('a', 0)).toEqual({ hits: 1, msLeft: 1_000 });
    expect(counts.add('a', 400)).toEqual({ hits: 2, msLeft: 600 });
    expect(counts.add('b', 500)).toEqual({ hits: 1, msLeft: 1_000 });
    expect(counts.add('a', 1_000)).toEqual({ hits: 1, msLeft: 1_000 });
    expect(counts.has('b', 1_499)).toBe(true);
    expect(counts.has('b', 1_500)).toBe(false);
  });

  it('forget windows that have ended', () => {
    const counts = new WindowCounts(1_000);
    for (let i = 0; i < 1_000; i++) counts.add(`old ${i}`, 0);
    counts.add('new', 1_500);
    counts.add('new', 2_600);
    expect(counts.size).toBe(2); // once a generation
  });

  it('never hold more keys than they may, however many come', () => {
    const counts = new WindowCounts(60_000, 100);
    for (let i = 0; i < 100_000; i++) {
      counts.add(`key ${i}`, 0);
      expect(counts.size).toBeLessThanOrEqual(100);
    }
    expect(counts.add('key 99999', 0).hits).toBe(2);
    expect(counts.add('key 0', 0).hits).toBe(1);
  });

  it('keep, under a flood of others, whoever goes on calling', () => {
    const counts = new WindowCounts(60_000, 100);
    let hits = 0;
    for (let i = 0; i < 10_000; i++) {
      counts.add(`flood ${i}`, 0);
      if (i % 20 === 0) ({ hits } = counts.add('regular', 0));
    }
    expect(hits).toBe(500);
  });

  it('cost the same with ten thousand times the keys, known or new', () => {
    costNs(1_000, 0);
    // anything that grows with the keys is a hundred times as dear; the room is for noise
    const bound = Math.max(costNs(100, 0), 1_000) * 20;
    expect(costNs(1_000_000, 999_000)).toBeLessThan(bound);
    expect(costNs(1_000_000, 2_000_000)).toBeLessThan(bound);
  });
});

it.each([
  ['forwards', 86_400_000],
  ['backwards', -86_400_000],
])('a window ends no sooner and no later when the clock jumps %s', (_way, jumpMs) => {
  vi.useFakeTimers();
  try {
    const counts = new WindowCounts(1_000);
    counts.add('a');
    vi.setSystemTime(Date.now() + jumpMs);
    expect(counts.add('a')).toEqual({ hits: 2, msLeft: 1_000 });
    vi.advanceTimersByTime(1_001);
    expect(counts.add('a').hits).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});
