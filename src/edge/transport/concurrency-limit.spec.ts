import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConcurrencyLimit } from './concurrency-limit.js';

const TARGETS = { eventLoop: 25, database: 200 };
const NONE = { eventLoop: 0, database: 0 };
const LATE = { ...NONE, eventLoop: 60_000 };

const limits: ConcurrencyLimit[] = [];
function limitOf(targets: typeof TARGETS): ConcurrencyLimit {
  const made = new ConcurrencyLimit(
    targets,
    () => 0,
    () => 0,
  );
  limits.push(made);
  return made;
}
let limit: ConcurrencyLimit;
beforeEach(() => {
  limit = limitOf(TARGETS);
});
afterEach(() => {
  for (const one of limits.splice(0)) one.stop();
});

it('falls in proportion to how late the event loop is, by three quarters at most at once', () => {
  const first = limit.current;
  limit.adjust({ ...NONE, eventLoop: TARGETS.eventLoop * 1.25 }, first);
  expect(limit.current).toBe(Math.floor(first * 0.8));
  const second = limit.current;
  limit.adjust(LATE, second);
  expect(limit.current).toBe(second / 4);
});

it('falls in proportion to how long calls wait for the database when that lasts', () => {
  const first = limit.current;
  const crowd = { ...NONE, database: TARGETS.database * 2 };
  for (let i = 0; i < 4; i++) limit.adjust(crowd, first); // a burst
  expect(limit.current).toBe(first);
  limit.adjust({ ...crowd, eventLoop: TARGETS.eventLoop * 1.25 }, first);
  expect(limit.current).toBe(first / 2); // the worse of both
  limit.adjust(TARGETS, limit.current); // both as long as they may be
  const risen = limit.current;
  expect(risen).toBeGreaterThan(first / 2);
  limit.adjust(crowd, risen); // the same crowd, a moment later
  expect(limit.current).toBe(Math.floor(risen / 2));
});

it('leaves room for others than those who crowd at the database', () => {
  const crowd = { ...NONE, database: 60_000 };
  for (let i = 0; i < 100; i++) limit.adjust(crowd, limit.current);
  expect(limit.current).toBe(256);
  limit.adjust(LATE, limit.current);
  expect(limit.current).toBe(64);
  limit.adjust(crowd, limit.current);
  expect(limit.current).toBe(64);
});

it('falls from what is under way, not from a limit that nobody had reached', () => {
  limit.adjust({ ...NONE, eventLoop: TARGETS.eventLoop * 2 }, 400);
  expect(limit.current).toBe(200);
});

it('always lets some in', () => {
  for (let i = 0; i < 100; i++) limit.adjust(LATE, limit.current);
  expect(limit.current).toBe(64);
});

it('rises while there are no delays and it is needed, to a bound', () => {
  limit.adjust(LATE, limit.current);
  const fallen = limit.current;
  limit.adjust(NONE, 1);
  expect(limit.current).toBe(fallen);
  limit.adjust(NONE, fallen);
  expect(limit.current).toBeGreaterThan(fallen);
  for (let i = 0; i < 100; i++) limit.adjust(NONE, limit.current);
  expect(limit.current).toBe(1_000);
});

it('takes no notice of what has no target, and is none where nothing has', () => {
  const onlyDatabase = limitOf({ ...TARGETS, eventLoop: 0 });
  onlyDatabase.adjust(LATE, onlyDatabase.current);
  expect(onlyDatabase.current).toBe(1_000);
  expect(limitOf(NONE).current).toBe(Infinity);
});
