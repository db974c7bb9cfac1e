import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.js';

const CROWD = 100;

/** A turnstile before a crowd of whom each takes so long; `begun` are those who are in. */
function crowd(eachMs: number) {
  let now = 0;
  const turnstile = new Turnstile(() => now);
  const begun: number[] = [];
  const enter = () => {
    for (let number = begun.length; number < CROWD; number++) {
      turnstile.enter(() => {
        now += eachMs;
        begun.push(number);
      });
    }
  };
  return { turnstile, begun, enter };
}

describe('the turnstile', () => {
  it('lets all in, in the order that they came, and so many a turn that it stays short', async () => {
    const { begun, enter, turnstile } = crowd(5);
    enter();
    expect(begun).toHaveLength(16);
    await turn();
    expect(begun).toHaveLength(16 + 8);
    expect(turnstile.waitMs).toBe(40);
    await turn();
    expect(begun).toHaveLength(16 + 8 + 4);
    await turn();
    expect(begun).toHaveLength(16 + 8 + 4 + 5); // 20 ms are no more than a turn may last
    while (begun.length < CROWD) await turn();
    expect(begun).toEqual(Array.from({ length: CROWD }, (_, number) => number));
    expect(turnstile.waitMs).toBe(0);
  });

  it('lets one in to each turn however long that takes', async () => {
    const { begun, enter } = crowd(1_000);
    enter();
    for (let i = 0; i < 10; i++) await turn();
    const before = begun.length;
    await turn();
    expect(begun).toHaveLength(before + 1);
  });

  it('lets more in to a turn where each takes little', async () => {
    const { begun, enter } = crowd(0.05);
    enter();
    for (let turns = 1; turns < 5; turns++) await turn();
    expect(begun.length).toBe(CROWD); // 16, 20, 25, 32 and the rest
  });

  it('keeps the context of who waits', async () => {
    const { turnstile, enter } = crowd(5);
    enter();
    const storage = new AsyncLocalStorage<string>();
    const found = new Promise((resolve) => {
      storage.run('mine', () => turnstile.enter(() => resolve(storage.getStore())));
    });
    expect(await found).toBe('mine');
  });
});
