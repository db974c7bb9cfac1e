import { expect, it } from 'vitest';
import { ConcurrencyLimit } from './concurrency-limit.js';

const LATE = 1_000;

it('falls in proportion to how long they wait, by three quarters at most at once', () => {
  const limit = new ConcurrencyLimit();
  const first = limit.current;
  limit.adjust(1.25, first);
  expect(limit.current).toBe(Math.floor(first * 0.8));
  const second = limit.current;
  limit.adjust(LATE, second);
  expect(limit.current).toBe(second / 4);
});

it('falls from what is under way, not from a limit that nobody had reached', () => {
  const limit = new ConcurrencyLimit();
  limit.adjust(2, 400);
  expect(limit.current).toBe(200);
});

it('waits for what a fall does before it falls again', () => {
  const limit = new ConcurrencyLimit();
  limit.adjust(2, 1_000);
  limit.adjust(2, 900);
  limit.adjust(2, 501);
  expect(limit.current).toBe(500);
  limit.adjust(2, 500);
  expect(limit.current).toBe(250);
});

it('always lets some in', () => {
  const limit = new ConcurrencyLimit();
  for (let i = 0; i < 100; i++) limit.adjust(LATE, limit.current);
  expect(limit.current).toBe(64);
});

it('rises while they wait no longer than is aimed at, to a bound', () => {
  const limit = new ConcurrencyLimit();
  limit.adjust(LATE, limit.current);
  const fallen = limit.current;
  limit.adjust(1, 1);
  expect(limit.current).toBeGreaterThan(fallen);
  expect(limit.isLowered).toBe(true);
  for (let i = 0; i < 100; i++) limit.adjust(0, limit.current);
  expect(limit.current).toBe(1_000);
  expect(limit.isLowered).toBe(false);
});

it('is patient once: with a burst, not with a crowd that was there a moment ago', () => {
  const limit = new ConcurrencyLimit(3);
  for (let i = 0; i < 3; i++) limit.adjust(2, 1_000);
  expect(limit.isLowered).toBe(false);
  limit.adjust(0, 0);
  for (let i = 0; i < 3; i++) limit.adjust(2, 1_000);
  expect(limit.isLowered).toBe(false);
  limit.adjust(2, 1_000);
  expect(limit.current).toBe(500);
  limit.adjust(0, 500);
  limit.adjust(2, 500);
  expect(limit.current).toBe(250);
});
