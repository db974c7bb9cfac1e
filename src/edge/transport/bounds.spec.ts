import { afterEach, expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { Bounds, type Measure } from './bounds.js';

const MB = 1_048_576;
const CALM: Measure = { eventLoopDelayMs: 2, rssBytes: 100 * MB, heapShare: 0.2 };

let bounds: Bounds;
const turnstile = { delayMs: 0 };
afterEach(() => bounds.stop());

function start(environment: Record<string, string> = {}): void {
  turnstile.delayMs = 0;
  bounds = new Bounds(loadConfig(environment, '/dev/null').config, turnstile);
}

function exceededAfter(...measures: Partial<Measure>[]): string | undefined {
  for (const measure of measures) bounds.sample({ ...CALM, ...measure });
  return bounds.exceeded;
}

it('the event loop is beyond its bound when it is late twice in a row, until it is not', () => {
  start();
  expect(exceededAfter({ eventLoopDelayMs: 1_001 })).toBeUndefined();
  expect(exceededAfter({ eventLoopDelayMs: 1_001 })).toBe('event loop');
  expect(exceededAfter(CALM)).toBeUndefined();
});

it('one hiccup is not beyond it, nor is one after another with rest between', () => {
  start();
  const late = { eventLoopDelayMs: 5_000 };
  expect(exceededAfter(late, CALM, late, CALM, late)).toBeUndefined();
});

it('memory is beyond its bound when the process or the heap is full', () => {
  start({ LOAD_MAX_RSS_MB: '500' });
  const full = { rssBytes: 501 * MB };
  expect(exceededAfter(full, full)).toBe('memory');
  expect(exceededAfter({ rssBytes: 499 * MB })).toBeUndefined();
  const heap = { heapShare: 0.96 };
  expect(exceededAfter(heap, heap)).toBe('memory');
});

it('is measured: a loop that is kept busy shows, and an idle one does not', async () => {
  start({ LOAD_MAX_EVENT_LOOP_DELAY_MS: '50' });
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(bounds.exceeded).toBeUndefined();
  const end = performance.now() + 4_000;
  while (bounds.exceeded === undefined && performance.now() < end) {
    const until = performance.now() + 150;
    while (performance.now() < until);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(bounds.exceeded).toBe('event loop');
});

it('a wait at the turnstile counts like a late loop, which it is there to prevent', async () => {
  start({ LOAD_MAX_EVENT_LOOP_DELAY_MS: '60000' });
  turnstile.delayMs = 61_000;
  await expect.poll(() => bounds.exceeded).toBe('event loop');
});
