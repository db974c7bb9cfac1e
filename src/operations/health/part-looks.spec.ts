import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HealthParts, type HealthPart } from '#platform/telemetry/health-parts';
import { runbook } from '#platform/telemetry/runbooks';
import { PartLooks } from './part-looks.js';

let parts: HealthParts;
let looks: PartLooks;

beforeEach(() => {
  parts = new HealthParts();
  looks = new PartLooks(parts);
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

const never = new Promise<HealthPart>(() => undefined);

it('says what each part says of itself', async () => {
  parts.add('queue', () => ({ status: 'healthy', waiting: 3 }));
  parts.add('cache', () => Promise.resolve({ status: 'degraded', storage: 'memory' }));
  expect(await looks.all()).toEqual({
    queue: { status: 'healthy', waiting: 3 },
    cache: { status: 'degraded', storage: 'memory', runbook: 'docs/runbooks/component.md' },
  });
});

it('leads to what to do about a part, as long as that is not well', async () => {
  let status: HealthPart['status'] = 'unhealthy';
  parts.add('database', () => ({ status, runbook: runbook('database') }));
  expect(await looks.all()).toEqual({
    database: { status: 'unhealthy', runbook: 'docs/runbooks/database.md' },
  });
  status = 'healthy';
  expect(await looks.all()).toEqual({ database: { status: 'healthy' } });
});

it('waits a second for a part that does not answer, and holds up no other answer', async () => {
  parts.add('frozen', () => never);
  parts.add('queue', () => ({ status: 'healthy' }));
  const answer = looks.all();
  await vi.advanceTimersByTimeAsync(1_001);
  expect(await answer).toEqual({
    frozen: {
      status: 'degraded',
      reason: 'no answer in time',
      runbook: 'docs/runbooks/component.md',
    },
    queue: { status: 'healthy' },
  });
});

it('asks a part that does not answer once, however many want to know', async () => {
  const look = vi.fn<() => Promise<HealthPart>>(() => never);
  parts.add('frozen', look);
  for (let i = 0; i < 50; i++) {
    void looks.all();
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(look).toHaveBeenCalledTimes(1);
});

it('asks again once the part has answered', async () => {
  const look = vi.fn<() => HealthPart>(() => ({ status: 'healthy' }));
  parts.add('queue', look);
  await looks.all();
  await looks.all();
  expect(look).toHaveBeenCalledTimes(2);
});

it('takes a look that throws for a degraded part, and shows no reason that might hold a secret', async () => {
  parts.add('cache', () => Promise.reject(new Error('redis://:secret@host')));
  expect(await looks.all()).toEqual({
    cache: {
      status: 'degraded',
      reason: 'it cannot be looked at',
      runbook: 'docs/runbooks/component.md',
    },
  });
});
