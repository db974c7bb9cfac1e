import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConcurrencyLimit } from './concurrency-limit.js';

const TARGET_MS = 25;

let limit: ConcurrencyLimit;
beforeEach(() => {
  limit = new ConcurrencyLimit(TARGET_MS, () => 0);
});
afterEach(() => limit.stop());

it('falls in proportion to how late the event loop is, by three quarters at most at once', () => {
  const first = limit.current;
  limit.adjust(TARGET_MS * 1.25, first);
  expect(limit.current).toBe(Math.floor(first * 0.8));
  const second = limit.current;
  limit.adjust(TARGET_MS * 100, second);
  expect(limit.current).toBe(second / 4);
});

it('falls from what is under way, not from a limit that nobody had reached', () => {
  limit.adjust(TARGET_MS * 2, 400);
  expect(limit.current).toBe(200);
});

it('always lets some in', () => {
  for (let i = 0; i < 100; i++) limit.adjust(60_000, limit.current);
  expect(limit.current).toBe(64);
});

it('rises while the event loop is in time and it is needed, to a bound', () => {
  limit.adjust(TARGET_MS * 100, limit.current);
  const fallen = limit.current;
  limit.adjust(0, 1);
  expect(limit.current).toBe(fallen);
  limit.adjust(0, fallen);
  expect(limit.current).toBeGreaterThan(fallen);
  for (let i = 0; i < 100; i++) limit.adjust(0, limit.current);
  expect(limit.current).toBe(1_000);
});

it('is none where the target is 0', () => {
  const none = new ConcurrencyLimit(0, () => 0);
  expect(none.current).toBe(Infinity);
  none.stop();
});
