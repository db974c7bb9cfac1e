import { afterEach, beforeEach, describe, expect, it, vi, type Mock } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Config } from '../config/config.js';
import type { Log } from '../logging/log.js';
import { Monitor } from './monitor.js';

const SLOT_MS = 5_000;

let monitor: Monitor;
let error: Mock<() => void>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  error = vi.fn<() => void>();
  monitor = new Monitor(fake<Config>({ LOAD_MAX_RSS_MB: 0 }), fake<Log>({ error }));
});
afterEach(() => {
  monitor.onApplicationShutdown();
  vi.useRealTimers();
});

const slots = (count: number) => vi.advanceTimersByTime(count * SLOT_MS);
const past = (name: string, resolution: '5s' | '1m' = '5s') =>
  monitor.history(resolution, [name]).series[name]!;

describe('a slot', () => {
  it('holds the requests of its five seconds', () => {
    for (const status of [200, 200, 500, 404]) monitor.observe(10, status);
    slots(1);
    monitor.observe(100, 200);
    slots(2);
    expect(past('requestsPerSecond')).toEqual([4 / 5, 1 / 5, 0]);
    expect(past('errorRatio')).toEqual([1 / 4, 0, null]);
    expect(past('clientErrorRatio')).toEqual([1 / 4, 0, null]);
    expect(past('latencyP95Ms').map((ms) => ms && Math.round(ms))).toEqual([10, 100, null]);
  });

  it('is told to whoever listens, until they stop', () => {
    const listener = vi.fn();
    const stop = monitor.onTick(listener);
    monitor.observe(10, 500);
    slots(1);
    expect(listener).toHaveBeenCalledOnce();
    expect(listener.mock.calls[0]![0]).toMatchObject({ values: { errorRatio: 1 } });
    stop();
    slots(1);
    expect(listener).toHaveBeenCalledOnce();
  });

  it('is told to the others when one fails', () => {
    const listener = vi.fn();
    monitor.onTick(() => {
      throw new Error('broken');
    });
    monitor.onTick(listener);
    slots(2);
    expect(listener).toHaveBeenCalledTimes(2);
    expect(error).toHaveBeenCalled();
  });

  it('holds what the process takes', () => {
    slots(1);
    const { latest } = monitor.snapshot(60);
    expect(latest['memoryRssBytes']).toBeGreaterThan(10_000_000);
    expect(latest['memoryRatio']).toBeGreaterThan(0);
    expect(latest['memoryRatio']).toBeLessThan(1);
    expect(latest['cpuRatio']).toBeGreaterThanOrEqual(0);
    expect(latest['eventLoopUtilisation']).toBeGreaterThanOrEqual(0);
  });
});

describe('a minute', () => {
  it('has the percentiles of all its requests, not the mean of its slots', () => {
    for (let slot = 0; slot < 12; slot++) {
      const isBusy = slot === 0;
      for (let i = 0; i < (isBusy ? 1_000 : 10); i++) monitor.observe(isBusy ? 10 : 1_000, 200);
      slots(1);
    }
    // 1,000 of 1,110 took 10 ms; the mean of the slots would be over 900
    expect(past('latencyP50Ms', '1m')[0]).toBeCloseTo(10, 0);
    expect(past('requestsPerSecond', '1m')).toEqual([1_110 / 60]);
  });

  it('has the ratio of all its requests', () => {
    for (let i = 0; i < 99; i++) monitor.observe(1, 200);
    slots(1);
    monitor.observe(1, 500);
    slots(11);
    expect(past('errorRatio', '1m')).toEqual([0.01]);
  });

  it('has the mean or the most of a series, as that asks', () => {
    let value = 0;
    monitor.addSeries('meanThings', () => value);
    monitor.addSeries('mostThings', () => value, 'max');
    for (value = 1; value <= 12; value++) slots(1);
    expect(past('meanThings', '1m')).toEqual([6.5]);
    expect(past('mostThings', '1m')).toEqual([12]);
  });

  it('begins anew each time', () => {
    monitor.observe(1_000, 500);
    slots(12);
    monitor.observe(10, 200);
    slots(12);
    expect(past('errorRatio', '1m')).toEqual([1, 0]);
    expect(past('latencyP99Ms', '1m').map((ms) => Math.round(ms!))).toEqual([1_000, 10]);
  });
});

describe('the last minute', () => {
  it('is of the sixty seconds up to now, at each slot', () => {
    for (let i = 0; i < 20; i++) monitor.observe(i === 0 ? 8_000 : 100, i === 0 ? 500 : 200);
    slots(11);
    monitor.observe(100, 200);
    slots(1);
    expect(past('lastMinuteRequests').slice(-2)).toEqual([20, 21]);
    expect(past('lastMinuteErrorRatio').at(-1)).toBeCloseTo(1 / 21);
    slots(1);
    expect(past('lastMinuteRequests').at(-1)).toBe(1);
    expect(past('lastMinuteErrorRatio').at(-1)).toBe(0);
    slots(11);
    expect(past('lastMinuteRequests').at(-1)).toBe(0);
    expect(past('lastMinuteErrorRatio').at(-1)).toBeNull();
  });
});

describe('what is kept', () => {
  it('is an hour at five seconds and a day at a minute, in two and a half megabytes at most', () => {
    const before = monitor.bytes;
    monitor.observe(1, 200);
    slots(2 * 17_280);
    const fine = monitor.history('5s');
    const coarse = monitor.history('1m');
    expect(fine.resolutionSeconds).toBe(5);
    expect(coarse.resolutionSeconds).toBe(60);
    for (const values of Object.values(fine.series)) expect(values).toHaveLength(720);
    for (const values of Object.values(coarse.series)) expect(values).toHaveLength(1_440);
    expect(monitor.bytes).toBe(before);

    while (monitor.seriesNames.length < 100) {
      monitor.addSeries(`series${monitor.seriesNames.length}`, () => 1);
    }
    expect(() => monitor.addSeries('oneMore', () => 1)).toThrow(/more than 100/);
    expect(monitor.bytes).toBeLessThan(2.5 * 1_048_576);
  });

  it('is in step, also of a series that came later', () => {
    slots(13);
    monitor.addSeries('late', () => 7);
    slots(12);
    expect(past('late')).toHaveLength(25);
    expect(past('late').slice(11, 15)).toEqual([null, null, 7, 7]);
    expect(past('late', '1m')).toEqual([null, 7]);
  });

  it('says when it ended', () => {
    const startedAt = Date.now();
    slots(30);
    vi.advanceTimersByTime(1_200);
    expect(monitor.history('5s').endsAt.getTime()).toBe(startedAt + 150_000);
    expect(monitor.history('1m').endsAt.getTime()).toBe(startedAt + 120_000);
  });
});

describe('the clock on the wall', () => {
  it.each([
    ['a day back', -86_400_000],
    ['a year on', 365 * 86_400_000],
  ])('may be set %s, and no slot is lost or made', (_how, ms) => {
    slots(3);
    vi.setSystemTime(Date.now() + ms);
    monitor.observe(10, 500);
    slots(3);
    expect(past('errorRatio')).toEqual([null, null, null, 1, null, null]);
    expect(monitor.snapshot(60)).toMatchObject({ requests: 1, requestsPerSecond: 1 / 30 });
    expect(monitor.history('5s').endsAt).toEqual(new Date());
  });

  it('leaves time in which the process was held up unknown, up to what shows it', () => {
    slots(2);
    monitor.observe(20_000, 500);
    const later = performance.now() + 5 * SLOT_MS;
    const clock = vi.spyOn(performance, 'now').mockReturnValue(later);
    slots(1);
    clock.mockRestore();
    expect(past('errorRatio')).toEqual([null, null, null, null, null, null, 1]);
    expect(past('uptimeSeconds').slice(0, 6).map(Boolean)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(past('lastMinuteRequests').at(-1)).toBe(1);
  });
});

describe('a look back', () => {
  it('covers so many seconds and no more', () => {
    for (let slot = 0; slot < 24; slot++) {
      monitor.observe(slot < 12 ? 1_000 : 10, slot < 12 ? 500 : 200);
      slots(1);
    }
    const minute = monitor.snapshot(60);
    expect(minute).toMatchObject({ windowSeconds: 60, errorRatio: expect.any(Number) as number });
    expect(minute.requests).toBe(11); // and the slot that is open, which is empty
    expect(minute.errorRatio).toBe(0);
    expect(minute.latencyMs.p99).toBeCloseTo(10, 0);
    const more = monitor.snapshot(300);
    expect(more.requests).toBe(24);
    expect(more.byStatus).toEqual({ '1xx': 0, '2xx': 12, '3xx': 0, '4xx': 0, '5xx': 12 });
    expect(more.requestsPerSecond).toBeCloseTo(24 / 120);
  });

  it('is five minutes at most', () => {
    slots(100);
    expect(monitor.snapshot(86_400).windowSeconds).toBe(300);
  });

  it('knows nothing of a service that nobody has asked', () => {
    expect(monitor.snapshot(60)).toMatchObject({
      requests: 0,
      errorRatio: null,
      latencyMs: { p50: null, p95: null, p99: null, max: null },
    });
  });
});

describe('a series', () => {
  it('has a name of its own', () => {
    monitor.addSeries('things', () => 1);
    expect(() => monitor.addSeries('things', () => 1)).toThrow(/two series/);
  });

  it('that cannot be read is unknown, which is said once', () => {
    monitor.addSeries('broken', () => {
      throw new Error('no');
    });
    slots(3);
    expect(past('broken')).toEqual([null, null, null]);
    expect(error).toHaveBeenCalledOnce();
  });

  it('of durations has percentiles of its own', () => {
    const durations = monitor.addLatency('database');
    for (let i = 1; i <= 100; i++) durations.current.observe(i);
    slots(1);
    expect(past('databaseP50Ms')[0]).toBeCloseTo(50, 0);
    expect(past('databaseP99Ms')[0]).toBeCloseTo(99, 0);
  });
});
