import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Silence, unlessSilent } from './silence.js';

const LIMIT_MS = 800;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => vi.useRealTimers());

const never = () => new Promise<never>(() => undefined);
const answerIn = (ms: number) => () =>
  new Promise<string>((resolve) => {
    setTimeout(resolve, ms, 'answer');
  });

/** Settles into what came of the work, for looking at while the clock is turned. */
function watched(work: () => Promise<unknown>, pulse: { lastHeardAt(): number; ask(): void }) {
  const outcome = { value: undefined as unknown };
  unlessSilent(work, pulse, LIMIT_MS).then(
    (value) => (outcome.value = value),
    (error: unknown) => (outcome.value = error),
  );
  return outcome;
}

describe('a call', () => {
  it('is given up when nothing is heard for the limit, though asked once', async () => {
    const ask = vi.fn();
    const outcome = watched(never, { lastHeardAt: () => 0, ask });
    await vi.advanceTimersByTimeAsync(LIMIT_MS - 10);
    expect(outcome.value).toBeUndefined();
    await vi.advanceTimersByTimeAsync(20);
    expect(outcome.value).toBeInstanceOf(Silence);
    expect(ask).toHaveBeenCalledOnce();
  });

  it('may take its time while the other side gives signs of life when asked', async () => {
    let heardAt = 0;
    const ask = vi.fn(() => {
      heardAt = performance.now();
    });
    const outcome = watched(answerIn(10_000), { lastHeardAt: () => heardAt, ask });
    await vi.advanceTimersByTimeAsync(10_010);
    expect(outcome.value).toBe('answer');
    expect(ask.mock.calls.length).toBeGreaterThan(5);
  });

  it('does not ask while others are answered', async () => {
    const ask = vi.fn();
    const outcome = watched(answerIn(5_000), { lastHeardAt: () => performance.now(), ask });
    await vi.advanceTimersByTimeAsync(5_010);
    expect(outcome.value).toBe('answer');
    expect(ask).not.toHaveBeenCalled();
  });

  it('is not given up unasked, however late this process looks', async () => {
    const ask = vi.fn();
    const outcome = watched(never, { lastHeardAt: () => 0, ask });
    // the loop was blocked: the first look comes long after the limit
    const now = vi.spyOn(performance, 'now').mockReturnValue(60_000);
    await vi.advanceTimersByTimeAsync(LIMIT_MS / 2 + 1);
    expect(ask).toHaveBeenCalledOnce();
    expect(outcome.value).toBeUndefined();
    now.mockRestore();
  });
});
