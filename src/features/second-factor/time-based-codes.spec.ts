import { afterEach, describe, expect, it, vi } from 'vitest';
import { newSecret, stepOf } from './time-based-codes.js';

/** `12345678901234567890`, the secret of RFC 6238, appendix B. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

afterEach(() => vi.useRealTimers());

const at = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(seconds * 1_000) });

describe('a time-based code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
  ])('at %d s is that of RFC 6238', (seconds, code) => {
    at(seconds);
    expect(stepOf(SECRET, code)).toBe(Math.floor(seconds / 30));
  });

  it('belongs to its own step in the steps beside it, and to none beyond', () => {
    const step = Math.floor(1_234_567_890 / 30);
    for (const [steps, expected] of [
      [-2, null],
      [-1, step],
      [0, step],
      [1, step],
      [2, null],
    ] as const) {
      at(1_234_567_890 + steps * 30);
      expect(stepOf(SECRET, '005924')).toBe(expected);
    }
  });
});

it('a secret has 160 bits, in base32', () => {
  expect(newSecret()).toMatch(/^[A-Z2-7]{32}$/);
});
