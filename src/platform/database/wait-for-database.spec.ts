import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake } from '../../../test/fake.js';
import { Lifecycle } from '../lifecycle/lifecycle.js';
import type { Log } from '../logging/log.js';
import { waitForDatabase } from './wait-for-database.js';

const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
const MINUTE_MS = 60_000;
const warn = vi.fn<Log['warn']>();
const info = vi.fn<Log['info']>();
const log = fake<Log>({ warn, info });

let lifecycle: Lifecycle;
beforeEach(() => {
  vi.resetAllMocks();
  vi.useFakeTimers();
  lifecycle = new Lifecycle();
});
afterEach(() => vi.useRealTimers());

it('goes on by itself when the database is there, and says for how long it waited', async () => {
  const work = vi.fn<() => Promise<string>>().mockRejectedValue(refused);
  const result = waitForDatabase(work, lifecycle, log);
  await vi.advanceTimersByTimeAsync(12_000);
  expect(lifecycle.waiting).toEqual({ for: 'the database', seconds: 12 });
  work.mockResolvedValue('started');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await result).toBe('started');
  expect(lifecycle.waiting).toBeUndefined();
  expect(info).toHaveBeenCalledOnce();
});

it('tries every five seconds at last, and says so at once and then ever more rarely', async () => {
  const work = vi.fn<() => Promise<string>>().mockRejectedValue(refused);
  void waitForDatabase(work, lifecycle, log);
  await vi.advanceTimersByTimeAsync(0);
  expect(warn).toHaveBeenCalledOnce();
  const linesWithin = async (ms: number) => {
    warn.mockClear();
    await vi.advanceTimersByTimeAsync(ms);
    return warn.mock.calls.length;
  };
  expect(await linesWithin(MINUTE_MS)).toBeLessThanOrEqual(7);
  expect(await linesWithin(60 * MINUTE_MS)).toBeLessThanOrEqual(11);
  work.mockClear();
  expect(await linesWithin(60 * MINUTE_MS)).toBe(6); // it is still said
  expect(work).toHaveBeenCalledTimes(60 * 12);
});

it('does not wait for what no waiting will mend', async () => {
  const mistake = new Error('a mistake');
  await expect(waitForDatabase(() => Promise.reject(mistake), lifecycle, log)).rejects.toBe(
    mistake,
  );
  expect(warn).not.toHaveBeenCalled();
});
