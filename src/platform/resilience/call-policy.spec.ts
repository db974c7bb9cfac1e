import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokenCircuitError } from 'cockatiel';
import { describe, expect, it, vi } from 'vitest';
import { CallPolicy, type CallPolicyOptions } from './call-policy.js';
import { CallerGone, NOBODY, TooLate } from './caller.js';
import { LineFull } from './line.js';
import { Silence } from './silence.js';

class Outage extends Error {}
class Untouched extends Outage {}

const never = () => new Promise<never>(() => undefined);
const alive = { lastHeardAt: () => performance.now(), ask: () => undefined };
const dead = { lastHeardAt: () => 0, ask: () => undefined };

const policy = (change: Partial<CallPolicyOptions> = {}) =>
  new CallPolicy({
    concurrency: 2,
    queue: 1,
    timeoutMs: 10_000,
    silenceMs: 60,
    pulse: alive,
    isDown: (error) => error instanceof Outage || error instanceof Silence,
    hadNoEffect: (error) => error instanceof Untouched,
    ...change,
  });

/** Fails so many times, then succeeds; counts the calls. */
function flaky(failures: number, error: () => Error) {
  const call = Object.assign(
    async () => {
      call.count++;
      if (call.count <= failures) throw error();
      return 'answer';
    },
    { count: 0 },
  );
  return call;
}

describe('the call policy', () => {
  it('begins a call that had to wait in the context of its own caller', async () => {
    const request = new AsyncLocalStorage<number>();
    const narrow = policy({ concurrency: 1, queue: 10 });
    const seen = await Promise.all(
      [1, 2, 3, 4].map((number) =>
        request.run(number, () =>
          narrow.write(async () => {
            await delay(5);
            return request.getStore();
          }),
        ),
      ),
    );
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('repeats a read after an outage, twice at most', async () => {
    const call = flaky(2, () => new Outage());
    expect(await policy().read(call)).toBe('answer');
    const hopeless = flaky(99, () => new Outage());
    await expect(policy().read(hopeless)).rejects.toThrow(Outage);
    expect(hopeless.count).toBe(3);
  });

  it('never repeats a write whose outcome is unknown', async () => {
    const call = flaky(1, () => new Outage());
    await expect(policy().write(call)).rejects.toThrow(Outage);
    expect(call.count).toBe(1);
  });

  it('repeats a write that certainly had no effect', async () => {
    const call = flaky(1, () => new Untouched());
    expect(await policy().write(call)).toBe('answer');
  });

  it('does not repeat an error that is an answer', async () => {
    const call = flaky(1, () => new Error('duplicate'));
    await expect(policy().read(call)).rejects.toThrow('duplicate');
    expect(call.count).toBe(1);
  });

  it('refuses at once when all places and the line are taken', async () => {
    const full = policy();
    for (let i = 0; i < 3; i++) full.read(never).catch(() => undefined);
    await expect(full.read(never)).rejects.toThrow(LineFull);
  });

  it('gives up on silence, and leaves a slow call alone while the other side lives', async () => {
    await expect(policy({ pulse: dead }).read(never)).rejects.toThrow(Silence);
    const slow = policy().read(() => delay(200, 'late'));
    expect(await slow).toBe('late');
  });

  it('ends a call that takes too long, without blaming the other side', async () => {
    const impatient = policy({ timeoutMs: 50, concurrency: 20 });
    const calls = await Promise.allSettled(Array.from({ length: 8 }, () => impatient.write(never)));
    for (const call of calls) {
      expect(call).toMatchObject({ reason: expect.any(TooLate) });
    }
    expect(impatient.state).toBe('closed');
  });

  it('opens after failures in a row, refuses without calling, and closes after a good trial', async () => {
    const broken = policy();
    const failing = flaky(5, () => new Outage());
    for (let i = 0; i < 5; i++) await broken.write(failing).catch(() => undefined);
    expect(broken.state).toBe('open');
    await expect(broken.read(failing)).rejects.toThrow(BrokenCircuitError);
    expect(failing.count).toBe(5);

    while (broken.state !== 'closed') {
      await delay(50);
      await broken.read(failing).catch(() => undefined);
    }
    expect(failing.count).toBe(6);
  });

  it('lets one trial call through and refuses the others meanwhile', async () => {
    const broken = policy({ concurrency: 20 });
    for (let i = 0; i < 5; i++) {
      await broken.write(flaky(1, () => new Outage())).catch(() => undefined);
    }
    await delay(1_300);
    const trial = broken.read(() => delay(100, 'trial'));
    const others = await Promise.allSettled(Array.from({ length: 5 }, () => broken.read(never)));
    for (const other of others) {
      expect(other).toMatchObject({ reason: expect.any(BrokenCircuitError) });
    }
    expect(await trial).toBe('trial');
    expect(broken.state).toBe('closed');
  });

  it('closes after a trial that never ends, when the other side lives', async () => {
    const broken = policy({ timeoutMs: 50 });
    for (let i = 0; i < 5; i++) {
      await broken.write(flaky(1, () => new Outage())).catch(() => undefined);
    }
    await delay(1_300);
    await expect(broken.write(never)).rejects.toThrow(TooLate);
    expect(await broken.read(() => Promise.resolve('next'))).toBe('next');
  });

  it('does not repeat what nobody waits for any more', async () => {
    const call = flaky(99, () => new Untouched());
    const overdue = () => {
      const start = performance.now();
      while (performance.now() - start < 50); // in one turn, so that nothing ends it before
      return call();
    };
    await expect(policy({ timeoutMs: 40 }).write(overdue)).rejects.toThrow(TooLate);
    await delay(300);
    expect(call.count).toBe(1);
  });

  it('is as patient as the caller, and no longer', async () => {
    const caller = { ...NOBODY, deadlineAt: performance.now() + 50 };
    await expect(policy().read(never, { caller })).rejects.toThrow(TooLate);
    // timers count whole milliseconds from when the loop last looked
    expect(performance.now()).toBeGreaterThanOrEqual(caller.deadlineAt - 10);
    const call = flaky(0, () => new Outage());
    const late = { ...NOBODY, deadlineAt: performance.now() };
    await expect(policy().read(call, { caller: late })).rejects.toThrow(TooLate);
    expect(call.count).toBe(0);
  });

  it('ends at its caller’s deadline, also in the pause before another try', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    vi.spyOn(Math, 'random').mockReturnValue(0.99); // the longest pause
    try {
      const startedAt = performance.now();
      const call = policy({ timeoutMs: 200, silenceMs: 1_000 }).read(
        async () => {
          await new Promise((resolve) => setTimeout(resolve, 190));
          throw new Outage();
        },
        { caller: { ...NOBODY, deadlineAt: startedAt + 205 } },
      );
      const endedAt = call.catch(() => performance.now() - startedAt);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await endedAt).toBeLessThanOrEqual(206);
    } finally {
      vi.restoreAllMocks();
      vi.useRealTimers();
    }
  });

  it('does not call for a caller who has gone, nor repeat', async () => {
    const caller = { ...NOBODY, hasGone: false };
    const call = flaky(99, () => {
      caller.hasGone = true;
      return new Outage();
    });
    await expect(policy().read(call, { caller })).rejects.toThrow(CallerGone);
    expect(call.count).toBe(1);
  });

  it('keeps a place for work whose caller was let go, so that no more is at work than may be', async () => {
    const narrow = policy({ concurrency: 1, timeoutMs: 300 });
    const caller = { ...NOBODY, deadlineAt: performance.now() + 20 };
    await expect(narrow.read(never, { caller })).rejects.toThrow(TooLate);
    const next = narrow.read(() => Promise.resolve('next'));
    expect(narrow.lineLength).toBe(1);
    expect(await next).toBe('next');
  });

  it('tells those in line at once when the breaker opens', async () => {
    const narrow = policy({ concurrency: 10, queue: 10 }); // five for one kind of caller
    const failing = delay(20).then(() => Promise.reject(new Outage()));
    const working = Array.from({ length: 5 }, () => narrow.write(() => failing));
    const waiting = narrow.read(never);
    await expect(waiting).rejects.toThrow(BrokenCircuitError);
    await Promise.allSettled(working);
  });

  it('closes again however the wall clock jumps', async () => {
    const broken = policy();
    for (let i = 0; i < 5; i++) {
      await broken.write(flaky(1, () => new Outage())).catch(() => undefined);
    }
    const now = Date.now();
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
    await delay(1_300);
    expect(await broken.read(() => Promise.resolve('trial'))).toBe('trial');
    clock.mockRestore();
  });
});
