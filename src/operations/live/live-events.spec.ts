import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EventClient } from './event-client.js';
import { LiveEvents, TooManyWatchers } from './live-events.js';

let live: LiveEvents;

beforeEach(() => {
  live = new LiveEvents();
});

const textOf = (client: EventClient): string => String(client.read() ?? '');
const idsIn = (text: string): string[] => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id!);

describe('a client', () => {
  it('hears what happens from when it joined', () => {
    const client = live.join();
    textOf(client);
    live.tell('tick', { value: 1 });
    expect(textOf(client)).toBe('event: tick\ndata: {"value":1}\n\n');
  });

  it('that lost its connection hears what it missed, in order and once', () => {
    const first = live.join();
    for (let n = 1; n <= 5; n++) live.record('security', { n });
    const text = textOf(first);
    const second = textOf(live.join(idsIn(text)[2]));
    expect(second).toContain('"hasResumed":true');
    expect(idsIn(second)).toEqual(idsIn(text).slice(3));
  });

  it('of another process, or one that makes ids up, hears nothing old', () => {
    live.record('security', { n: 1 });
    for (const id of ['deadbeef-0', 'x', '', undefined]) {
      const text = textOf(live.join(id));
      expect(text).toContain('"hasResumed":false');
      expect(idsIn(text)).toEqual([]);
    }
  });

  it('that does not read is let go before it holds much memory', async () => {
    const client = live.join();
    for (let n = 0; n < 1_000 && !client.destroyed; n++) live.tell('tick', 'x'.repeat(1_000));
    expect(client.destroyed).toBe(true);
    await turn();
    expect(live.isWatched).toBe(false);
  });

  it('too many is refused, and has a place when another leaves', async () => {
    const clients = Array.from({ length: 50 }, () => live.join());
    expect(() => live.join()).toThrow(TooManyWatchers);
    clients[0]!.destroy();
    await turn();
    expect(() => live.join()).not.toThrow();
  });
});

it('keeps a bounded number of what happened', () => {
  const ids = live.join();
  for (let n = 1; n <= 2_000; n++) live.record('security', { n });
  const first = idsIn(textOf(ids))[0];
  expect(idsIn(textOf(live.join(first)))).toHaveLength(500);
});

it('takes leave of everybody at a stop, and lets nobody in after', () => {
  const client = live.join();
  textOf(client);
  live.beforeApplicationShutdown();
  expect(textOf(client)).toBe('event: bye\ndata: {"reason":"stopping"}\n\n');
  expect(() => live.join()).toThrow(TooManyWatchers);
});
