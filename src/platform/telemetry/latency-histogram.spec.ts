import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from './latency-histogram.js';

const SHARES = [0.5, 0.9, 0.95, 0.99, 0.999, 1];

/** A sequence that looks random and is the same each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    yield (state + 1) / (2 ** 32 + 1);
  }
}

function take(count: number, of: (next: () => number) => number): number[] {
  const source = numbers(count);
  return Array.from({ length: count }, () => of(() => source.next().value));
}

/** The smallest value that this share of all do not exceed, found by sorting. */
function exact(values: number[], share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
}

function histogramOf(values: number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.observe(value);
  return histogram;
}

const RECORDED: Record<string, number[]> = {
  'spread evenly': take(10_000, (next) => next() * 1_000),
  'with a long tail': take(20_000, (next) => Math.min(2 / next() ** 1.2, 100_000)),
  'log-normal': take(20_000, (next) =>
    Math.exp(1 + Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())),
  ),
  'of two kinds': take(5_000, (next) => (next() < 0.94 ? 1 + next() : 4_000 + 2_000 * next())),
  'all the same': take(100, () => 17.3),
  'but one': [250],
  'fast and slow beyond reason': [0.011, 0.02, 0.5, 110_000, 119_000],
};

describe('percentiles', () => {
  it.each(Object.keys(RECORDED))(
    'are within one in a hundred of the exact: durations %s',
    (how) => {
      const values = RECORDED[how]!;
      const histogram = histogramOf(values);
      for (const share of SHARES) {
        const wanted = exact(values, share);
        const found = histogram.percentileMs(share)!;
        expect(Math.abs(found - wanted) / wanted).toBeLessThanOrEqual(0.01);
      }
    },
  );

  it('of several histograms are those of all their durations, not the mean of theirs', () => {
    const quiet = take(9_000, (next) => 1 + next());
    const busy = take(1_000, (next) => 500 + 500 * next());
    const sum = histogramOf(quiet);
    sum.add(histogramOf(busy));
    for (const share of SHARES) {
      const wanted = exact([...quiet, ...busy], share);
      expect(Math.abs(sum.percentileMs(share)! - wanted) / wanted).toBeLessThanOrEqual(0.01);
    }
    expect(sum.count).toBe(10_000);
  });

  it('are null when there was nothing', () => {
    const histogram = histogramOf([1]);
    histogram.clear();
    expect(histogram.percentileMs(0.5)).toBeNull();
    expect(histogram.maxMs).toBe(0);
  });

  it.each([0, -1, NaN, Infinity, 1e300, 1e-300])('survive a duration of %f', (odd) => {
    const histogram = histogramOf([odd, 5, 5, 5, 5]);
    expect(histogram.count).toBe(5);
    expect(histogram.percentileMs(0.5)).toBeCloseTo(5, 1);
  });
});
