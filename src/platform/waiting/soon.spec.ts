import { describe, expect, it } from 'vitest';
import { both, inTurn, whenThere, type Soon } from './soon.js';

const fail = () => {
  throw new Error('no');
};
const later = async <T>(value: T) => value;

describe('what is there at once', () => {
  it('is gone on with at once', () => {
    expect(whenThere(2, (n) => n + 1)).toBe(3);
    expect(both(1, 'a')).toEqual([1, 'a']);
    const taken: number[] = [];
    const outcome = inTurn([1, 2], (n) => void taken.push(n));
    expect([outcome, taken]).toEqual([undefined, [1, 2]]);
  });

  it('throws at once', () => {
    expect(() => whenThere(1, fail)).toThrow('no');
    expect(() => inTurn([1], fail)).toThrow('no');
  });
});

describe('what comes later', () => {
  it('is waited for', async () => {
    expect(await whenThere(later(2), (n) => n + 1)).toBe(3);
    expect(await both(later(1), 'a')).toEqual([1, 'a']);
    expect(await both(1, later('a'))).toEqual([1, 'a']);
    await expect(whenThere(Promise.reject(new Error('no')), () => 1)).rejects.toThrow('no');
  });

  it('comes before what is behind it', async () => {
    const events: string[] = [];
    const step = (n: number): Soon<void> => {
      events.push(`begin ${n}`);
      if (n !== 2) return;
      return later(undefined).then(() => void events.push('end 2'));
    };
    await inTurn([1, 2, 3], step);
    expect(events).toEqual(['begin 1', 'begin 2', 'end 2', 'begin 3']);
  });

  it('keeps what is behind it from beginning when it fails', async () => {
    const begun: number[] = [];
    const step = async (n: number) => {
      begun.push(n);
      if (n === 2) throw new Error('no');
    };
    await expect(inTurn([1, 2, 3], step)).rejects.toThrow('no');
    expect(begun).toEqual([1, 2]);
  });
});
