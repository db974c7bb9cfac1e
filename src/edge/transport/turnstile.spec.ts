import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.js';

const CROWD = 100;

/** A turnstile before a crowd of whom each takes so long; `begun` are those who are in. */
function crowd(eachMs: number) {
  let now = 0;
  const turnstile = new Turnstile(() => now);
  const begun: number[] = [];
  const clients: EventEmitter[] = [];
  const enter = () => {
    for (let number = 0; number < CROWD; number++) {
      const client = new EventEmitter();
      clients.push(client);
      turnstile.enter(() => {
        now += eachMs;
        begun.push(number);
      }, client);
    }
  };
  return { turnstile, begun, clients, enter };
}

describe('the turnstile', () => {
  it('lets all in, in the order that they came, and so many a turn that it stays short', async () => {
    const { begun, enter, turnstile } = crowd(5);
    enter();
    expect(begun).toHaveLength(16);
    await turn();
    expect(begun).toHaveLength(16 + 8);
    expect(turnstile.delayMs).toBeCloseTo(40 / 3);
    await turn();
    expect(begun).toHaveLength(16 + 8 + 4);
    await turn();
    expect(begun).toHaveLength(16 + 8 + 4 + 5); // 20 ms are no more than a turn may last
    while (begun.length < CROWD) await turn();
    expect(begun).toEqual(Array.from({ length: CROWD }, (_, number) => number));
    expect(turnstile.delayMs).toBe(0);
  });

  it('lets four in to each turn however long that takes', async () => {
    const { begun, enter } = crowd(1_000);
    enter();
    for (let i = 0; i < 10; i++) await turn();
    const before = begun.length;
    await turn();
    expect(begun).toHaveLength(before + 4);
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
      storage.run('mine', () => {
        turnstile.enter(() => resolve(storage.getStore()), new EventEmitter());
      });
    });
    expect(await found).toBe('mine');
  });

  it('lets who leaves the line out at once, which costs nobody a turn and is noticed once', async () => {
    const { begun, clients, enter } = crowd(5);
    enter();
    clients[0]!.emit('close'); // has begun
    for (let number = 16; number < 90; number++) clients[number]!.emit('close');
    expect(begun).toHaveLength(90);
    await turn();
    expect(begun).toHaveLength(90 + 8); // as after sixteen whose turn was long
    while (begun.length < CROWD) await turn();
    for (const client of clients) client.emit('close');
    expect(begun).toHaveLength(CROWD);
  });
});
