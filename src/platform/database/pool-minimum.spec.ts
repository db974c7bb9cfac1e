import { EventEmitter } from 'node:events';
import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake } from '../../../test/fake.js';
import { keepMinimum } from './pool-minimum.js';

/** As pg's does: takes a free connection where there is one, and makes one only when there is none. */
class SmallPool extends EventEmitter {
  readonly options = { min: 3 };
  totalCount = 0;
  free = 0;
  asked = 0;
  isAway = false;

  async connect(): Promise<{ release: () => void }> {
    this.asked++;
    if (this.isAway) throw new Error('ECONNREFUSED');
    if (this.free > 0) this.free--;
    else {
      this.totalCount++;
      this.emit('connect');
    }
    return { release: () => void this.free++ };
  }

  lose(count: number): void {
    this.totalCount -= count;
    this.free -= count;
  }
}

const A_TURN_MS = 7_500;

let pool: SmallPool;
let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  pool = new SmallPool();
  stop = keepMinimum(fake<Pool>(pool as object));
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

async function beginToUse(): Promise<void> {
  (await pool.connect()).release();
  await vi.advanceTimersByTimeAsync(0);
}

it('opens none before somebody needs one, and then as many as are to stay, all free again', async () => {
  await vi.advanceTimersByTimeAsync(10 * A_TURN_MS);
  expect(pool.totalCount).toBe(0);
  await beginToUse();
  expect(pool).toMatchObject({ totalCount: 3, free: 3 });
});

it('replaces those that are lost, and no more than those', async () => {
  await beginToUse();
  pool.lose(2);
  await vi.advanceTimersByTimeAsync(A_TURN_MS);
  expect(pool).toMatchObject({ totalCount: 3, free: 3 });
  const { asked } = pool;
  await vi.advanceTimersByTimeAsync(10 * A_TURN_MS);
  expect(pool.asked).toBe(asked);
});

it('asks a server that is away once a turn, and goes on when it is back', async () => {
  await beginToUse();
  pool.lose(3);
  pool.isAway = true;
  const { asked } = pool;
  await vi.advanceTimersByTimeAsync(4 * A_TURN_MS);
  expect(pool.asked - asked).toBeGreaterThanOrEqual(4);
  expect(pool.asked - asked).toBeLessThanOrEqual(12); // no turn is shorter than a third of the longest
  pool.isAway = false;
  await vi.advanceTimersByTimeAsync(A_TURN_MS);
  expect(pool.totalCount).toBe(3);
});

it('opens none after it was stopped', async () => {
  await beginToUse();
  stop();
  pool.lose(3);
  await vi.advanceTimersByTimeAsync(10 * A_TURN_MS);
  expect(pool.totalCount).toBe(0);
});
