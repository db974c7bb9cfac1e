import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CountedResponse } from '#edge/transport/counted-response';
import { Load } from '#edge/transport/load';
import { loadConfig } from '#platform/config/load-config';
import type { Database } from '#platform/database/database';
import { ClientGone, RateLimited } from '#platform/errors/problems';
import { delayMs, SlowDown } from './slow-down.js';

const response = () => new CountedResponse(new IncomingMessage(new Socket()));

const load = new Load(loadConfig({}, '/dev/null').config, {} as Database);
afterAll(() => load.onApplicationShutdown());

describe('the curve', () => {
  it.each([
    [1, 0],
    [50, 0],
    [51, 100],
    [52, 200],
    [69, 1_900],
    [70, 2_000],
    [71, 2_000],
    [1_000_000, 2_000],
  ])('the request number %i of a window waits %i ms', (hits, ms) => {
    expect(delayMs(hits, 50)).toBe(ms);
  });

  it('is flat when it is off', () => {
    expect(delayMs(1_000_000, 0)).toBe(0);
  });
});

describe('waiting', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends when the time is over, and leaves nothing behind', async () => {
    const slowDown = new SlowDown(load);
    const slowed = response();
    const waiting = slowDown.wait(300, slowed);
    expect(slowDown.waiting).toBe(1);
    await vi.advanceTimersByTimeAsync(299);
    expect(slowDown.waiting).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect([slowDown.waiting, slowed.listenerCount('close')]).toEqual([0, 0]);
  });

  it('has two hundred places and refuses who finds none', async () => {
    const slowDown = new SlowDown(load);
    const all = Promise.all(Array.from({ length: 200 }, () => slowDown.wait(2_000, response())));
    await expect(slowDown.wait(2_000, response())).rejects.toThrow(RateLimited);
    await vi.advanceTimersByTimeAsync(2_000);
    await all;
    expect(slowDown.waiting).toBe(0);
  });

  it('takes no place among the requests that are under way', async () => {
    const slowDown = new SlowDown(load);
    const [slowed, left] = [response(), response()];
    load.begin(slowed);
    load.begin(left);
    const waiting = [slowDown.wait(300, slowed), slowDown.wait(300, left)];
    expect(load.underWay).toBe(0);
    left.emit('close');
    await expect(waiting[1]).rejects.toThrow(ClientGone);
    await vi.advanceTimersByTimeAsync(300);
    await waiting[0];
    expect(load.underWay).toBe(1);
    slowed.writeHead(200);
    expect(load.underWay).toBe(0);
  });

  it('ends at once when the client leaves, whose place is free again', async () => {
    const slowDown = new SlowDown(load);
    const slowed = response();
    const waiting = slowDown.wait(2_000, slowed);
    slowed.emit('close');
    await expect(waiting).rejects.toThrow(ClientGone);
    expect([slowDown.waiting, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
