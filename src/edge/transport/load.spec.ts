import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import type { Database } from '#platform/database/database';
import { CountedResponse } from './counted-response.js';
import { Load, type Measure } from './load.js';

const MB = 1_048_576;
const CALM: Measure = { eventLoopDelayMs: 2, rssBytes: 100 * MB, heapShare: 0.2 };

let load: Load;
afterEach(() => load.onApplicationShutdown());

function start(environment: Record<string, string> = {}): void {
  load = new Load(loadConfig(environment, '/dev/null').config, { crowdDelayMs: 0 } as Database);
}

function excessAfter(...measures: Partial<Measure>[]): string | undefined {
  for (const measure of measures) load.sample({ ...CALM, ...measure });
  return load.excess;
}

describe('the load', () => {
  it('is too much when the event loop is late twice in a row, and no longer once it is not', () => {
    start();
    expect(excessAfter({ eventLoopDelayMs: 1_001 })).toBeUndefined();
    expect(excessAfter({ eventLoopDelayMs: 1_001 })).toBe('event loop');
    expect(excessAfter(CALM)).toBeUndefined();
  });

  it('is not too much for one hiccup, nor for one after another with rest between', () => {
    start();
    const late = { eventLoopDelayMs: 5_000 };
    expect(excessAfter(late, CALM, late, CALM, late)).toBeUndefined();
  });

  it('is too much when memory is over its bound', () => {
    start({ LOAD_MAX_RSS_MB: '500' });
    const full = { rssBytes: 501 * MB };
    expect(excessAfter(full, full)).toBe('memory');
    expect(excessAfter({ rssBytes: 499 * MB })).toBeUndefined();
    const heap = { heapShare: 0.96 };
    expect(excessAfter(heap, heap)).toBe('memory');
  });

  it('is too much when as many requests are under way as may be, and not when one has its answer', () => {
    start();
    const responses = Array.from(
      { length: 1_000 },
      () => new CountedResponse(new IncomingMessage(new Socket())),
    );
    for (const response of responses) load.begin(response);
    expect(load.excess).toBe('requests under way');
    expect(load.refusesFor).toBeUndefined(); // as many as may be, and nobody was sent away
    load.noteRefusal(load.excess!);
    expect(load.refusesFor).toBe('requests under way');
    responses[0]!.writeHead(200); // of a stream, only the head counts
    expect(load.excess).toBeUndefined();
    responses[0]!.emit('close');
    responses[1]!.emit('close'); // the client has left
    expect(load.underWay).toBe(998);
  });

  it('is measured: a loop that is kept busy shows, and an idle one does not', async () => {
    start({ LOAD_MAX_EVENT_LOOP_DELAY_MS: '50' });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(load.excess).toBeUndefined();
    const end = performance.now() + 4_000;
    while (load.excess === undefined && performance.now() < end) {
      const until = performance.now() + 150;
      while (performance.now() < until);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(load.excess).toBe('event loop');
  });
});
