import { beforeEach, expect, it } from 'vitest';
import type { QueryEvent } from './query-events.js';
import { QueryStatistics } from './query-statistics.js';

let statistics: QueryStatistics;
beforeEach(() => (statistics = new QueryStatistics()));

const record = (event: Partial<QueryEvent>) =>
  statistics.record({
    operation: 'user.findUnique',
    kind: 'read',
    durationMs: 1,
    outcome: 'ok',
    isSlow: false,
    statement: undefined,
    ...event,
  });

it('begins with nothing, which is no failure', () => {
  expect(statistics.snapshot()).toMatchObject({
    total: 0,
    successRate: 1,
    latencyMs: { p50: null, p95: null, p99: null, max: null },
    operations: [],
  });
});

it('counts what failed and what was slow, of each operation and of all, the most frequent first', () => {
  record({ operation: 'user.create', outcome: 'failed' });
  for (let i = 0; i < 3; i++) record({ durationMs: 10 });
  record({ durationMs: 500, isSlow: true });
  const { operations, ...all } = statistics.snapshot();
  expect(all).toMatchObject({ total: 5, failed: 1, slow: 1, successRate: 0.8 });
  expect(all.latencyMs.p50).toBeCloseTo(10, 0);
  expect(all.latencyMs.max).toBe(500);
  expect(operations).toMatchObject([
    { operation: 'user.findUnique', total: 4, failed: 0, slow: 1, successRate: 1 },
    { operation: 'user.create', total: 1, failed: 1, slow: 0, successRate: 0 },
  ]);
});

it('keeps two hundred operations apart and the rest together, so that it does not grow', () => {
  for (let i = 0; i < 300; i++) record({ operation: `model${i}.count` });
  const { operations, total } = statistics.snapshot();
  expect(total).toBe(300);
  expect(operations).toHaveLength(201);
  expect(operations[0]).toMatchObject({ operation: 'others', total: 100 });
});

it('counts beside the queries what was not even made', () => {
  for (const what of ['refused', 'refused', 'refusedSql', 'tooComplex', 'retries'] as const) {
    statistics.count(what);
  }
  expect(statistics.snapshot()).toMatchObject({
    total: 0,
    refused: 2,
    refusedSql: 1,
    tooComplex: 1,
    retries: 1,
  });
});

it('counts from zero again when told to', () => {
  record({ outcome: 'failed' });
  statistics.count('retries');
  const { since } = statistics.snapshot();
  statistics.reset();
  const after = statistics.snapshot();
  expect(after).toMatchObject({ total: 0, failed: 0, retries: 0, successRate: 1, operations: [] });
  expect(after.since.getTime()).toBeGreaterThanOrEqual(since.getTime());
});
