import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import type { Database } from '#platform/database/database';
import { CountedResponse } from './counted-response.js';
import { Load } from './load.js';

let load: Load;
/** How long calls wait at the database, all of them and those for a route. */
let delayMs = 0;
let delays: Record<string, number> = {};
beforeEach(() => {
  delayMs = 0;
  delays = {};
  start();
});
afterEach(() => load.onApplicationShutdown());

function start(environment: Record<string, string> = {}): void {
  const database = {
    get delayMs() {
      return delayMs;
    },
    delayMsOf: (name: string) => delays[name] ?? 0,
  };
  load = new Load(loadConfig(environment, '/dev/null').config, database as Database);
}

/** So many requests for a route that are let in. */
function begin(count: number, route = 'GET /a'): CountedResponse[] {
  return Array.from({ length: count }, () => {
    const response = new CountedResponse(new IncomingMessage(new Socket()));
    load.begin(response);
    load.beginRoute(response, route);
    return response;
  });
}

function adjust(turnDelayMs: number, samples = 1): void {
  for (let i = 0; i < samples; i++) load.adjust(turnDelayMs);
}

describe('the load', () => {
  it('is too much when as many requests are under way as may be, and not when one has its answer', () => {
    const responses = begin(1_000);
    expect(load.excess).toBe('requests under way');
    expect(load.refusesFor('requests under way')).toBe(false); // nobody was sent away
    load.noteRefusal(load.excess!);
    expect(load.refusesFor('requests under way')).toBe(true);
    responses[0]!.writeHead(200); // of a stream, only the head counts
    expect(load.excess).toBeUndefined();
    responses[0]!.emit('close');
    responses[1]!.emit('close'); // the client has left
    expect(load.underWay).toBe(998);
  });

  it('lets fewer in while turns of the event loop are late', () => {
    begin(500);
    adjust(80);
    expect(load.excess).toBe('requests under way');
  });

  it('lets fewer in while requests wait at the turnstile, and not for one pause', async () => {
    begin(100);
    const delay = vi.spyOn(load.turnstile, 'delayMs', 'get').mockReturnValue(0);
    delay.mockReturnValueOnce(300);
    await expect.poll(() => delay.mock.calls.length).toBeGreaterThan(4);
    expect(load.excess).toBeUndefined();
    delay.mockReturnValue(300);
    await expect.poll(() => load.excess).toBe('requests under way');
  });

  it('lets fewer in while all places at the database are taken, once that lasts', () => {
    begin(500);
    delayMs = 500;
    adjust(0, 5);
    expect(load.excess).toBeUndefined();
    adjust(0);
    expect(load.excess).toBe('requests under way');
  });

  it('is too much for a route on which a crowd waits at the database, and for no other', () => {
    const responses = begin(400);
    delays['GET /a'] = 1_000;
    adjust(0, 6);
    expect(load.excess).toBeUndefined();
    expect(load.excessFor(() => 'GET /a')).toBe('requests for one route');
    expect(load.excessFor(() => 'GET /b')).toBeUndefined();
    expect(load.excessFor(() => undefined)).toBeUndefined();
    for (const response of responses.slice(0, 301)) response.emit('close');
    expect(load.excessFor(() => 'GET /a')).toBeUndefined();
  });

  it('does not ask for the route where no crowd waits', () => {
    begin(400);
    const excess = load.excessFor(() => {
      throw new Error('looked up for nothing');
    });
    expect(excess).toBeUndefined();
  });

  it('does not count for its route what waits for nothing but time', () => {
    const [first, ...others] = begin(101);
    delays['GET /a'] = 1_000;
    adjust(0, 6);
    for (const other of others.slice(0, 37)) other.emit('close');
    expect(load.excessFor(() => 'GET /a')).toBe('requests for one route'); // 64 at least
    load.setAside(first!);
    expect(load.excessFor(() => 'GET /a')).toBeUndefined();
    load.takeUp(first!);
    expect(load.excessFor(() => 'GET /a')).toBe('requests for one route');
  });

  it('has no limits where nothing is aimed at', () => {
    load.onApplicationShutdown();
    start({ LOAD_TARGET_EVENT_LOOP_DELAY_MS: '0', LOAD_TARGET_DATABASE_DELAY_MS: '0' });
    begin(2_000);
    delays['GET /a'] = delayMs = 60_000;
    adjust(60_000, 100);
    expect(load.excessFor(() => 'GET /a')).toBeUndefined();
  });
});
