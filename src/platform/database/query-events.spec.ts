import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, it, vi } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Log } from '../logging/log.js';
import { QueryEvents, type QueryEvent } from './query-events.js';
import { SlowQueries } from './slow-queries.js';

const SLOW_MS = 100;
const performanceLine = vi.fn<Log['performance']>();

let events: QueryEvents;
let slow: SlowQueries;
let heard: QueryEvent[];
beforeEach(() => {
  performanceLine.mockReset();
  slow = new SlowQueries(fake<Log>({ of: () => fake<Log>({ performance: performanceLine }) }));
  events = new QueryEvents(SLOW_MS, (error) => error instanceof RangeError);
  heard = [];
  events.onQuery((event) => heard.push(event));
  events.onQuery((event) => slow.note(event));
});

it('a query is told of once, with the statement of it that took longest', async () => {
  const answer = await events.watch('user.findMany', 'read', async () => {
    events.noteStatement('SELECT 1', 2);
    await delay(1);
    events.noteStatement('SELECT 2', 9);
    events.noteStatement('SELECT 3', 4);
    return 'rows';
  });
  expect(answer).toBe('rows');
  expect(heard).toMatchObject([
    { operation: 'user.findMany', outcome: 'ok', statement: { sql: 'SELECT 2', durationMs: 9 } },
  ]);
});

const queryNamed = (name: string) =>
  events.watch(name, 'read', async () => {
    await delay(1);
    events.noteStatement(name, 1);
  });

it('statements of queries that are made at once are each its own query’s', async () => {
  await Promise.all(['one', 'two', 'three'].map(queryNamed));
  for (const { operation, statement } of heard) expect(statement?.sql).toBe(operation);
  expect(heard).toHaveLength(3);
});

it('a statement of no query, as a COMMIT is, is told of by itself', () => {
  events.noteStatement('COMMIT', SLOW_MS + 1);
  expect(heard).toMatchObject([{ operation: 'sql commit', kind: 'sql', isSlow: true }]);
  expect(slow.recent).toMatchObject([{ sql: 'COMMIT', statementMs: SLOW_MS + 1 }]);
});

it('an outage is a failure; what the database says of the data is an answer', async () => {
  for (const error of [new RangeError('away'), new Error('a duplicate')]) {
    await expect(events.watch('user.create', 'write', () => Promise.reject(error))).rejects.toBe(
      error,
    );
  }
  expect(heard.map(({ outcome }) => outcome)).toEqual(['failed', 'ok']);
});

it('what was told to be slow is what the log and the list of slow queries have, and nothing else', () => {
  for (const ms of [1, SLOW_MS, SLOW_MS + 1, 2 * SLOW_MS]) events.noteStatement(`SELECT ${ms}`, ms);
  const told = heard.filter(({ isSlow }) => isSlow).map(({ durationMs }) => durationMs);
  expect(told).toEqual([SLOW_MS + 1, 2 * SLOW_MS]);
  expect(slow.recent.map(({ durationMs }) => durationMs)).toEqual(told.toReversed());
  expect(performanceLine).toHaveBeenCalledTimes(told.length);
});

it('a slow query without an answer is named by its operation', () => {
  slow.note({
    operation: 'user.findUnique',
    kind: 'read',
    durationMs: 900.4,
    outcome: 'failed',
    isSlow: true,
    statement: undefined,
  });
  expect(slow.recent[0]).toMatchObject({
    sql: 'user.findUnique',
    durationMs: 900,
    statementMs: null,
  });
});
