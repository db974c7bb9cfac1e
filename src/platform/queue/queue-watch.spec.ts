import { beforeEach, expect, it, vi } from 'vitest';
import { fake } from '../../../test/fake.js';
import { DatabaseUnavailable } from '../errors/problems.js';
import { HealthParts } from '../telemetry/health-parts.js';
import { Metrics } from '../telemetry/metrics.js';
import { runbook } from '../telemetry/runbooks.js';
import type { QueueCount, QueueCounts } from './queue-counts.js';
import type { Queue } from './queue.js';
import { QueueWatch } from './queue-watch.js';

const quiet: QueueCount = {
  name: 'write',
  waiting: 1,
  later: 2,
  running: 3,
  dead: 0,
  oldestWaitSeconds: 2,
};
const read = vi.fn<QueueCounts['read']>();
let queue: { hasStarted: boolean };
let metrics: Metrics;
let health: HealthParts;
let watch: QueueWatch;

beforeEach(() => {
  read.mockReset().mockResolvedValue([quiet, { ...quiet, name: 'resize' }]);
  queue = { hasStarted: true };
  metrics = new Metrics();
  health = new HealthParts();
  watch = new QueueWatch(queue as Queue, fake<QueueCounts>({ read }), metrics, health);
});

it('is healthy while jobs are taken in time', async () => {
  expect(watch).toBeDefined();
  expect(await health.look('queue')).toEqual({
    status: 'healthy',
    waiting: 2,
    running: 6,
    dead: 0,
    oldestWaitSeconds: 2,
    runbook: runbook('queue-stuck'),
  });
});

it.each<[string, Partial<QueueCount>]>([
  ['a job has failed for good', { dead: 1 }],
  ['one has been due for more than five minutes', { oldestWaitSeconds: 301 }],
])('is degraded when %s', async (_, change) => {
  read.mockResolvedValue([quiet, { ...quiet, ...change }]);
  expect(await health.look('queue')).toMatchObject({ status: 'degraded', ...change });
});

it('is degraded, and no scrape fails, while nobody can tell', async () => {
  read.mockRejectedValue(new DatabaseUnavailable());
  expect(await health.look('queue')).toMatchObject({ status: 'degraded', jobs: 'unknown' });
  expect(await metrics.registry.metrics()).toContain('# TYPE aerie_queue_dead_jobs gauge');
});

it('does not look for tables that are not made yet', async () => {
  Object.assign(queue, { hasStarted: false });
  expect(await health.look('queue')).toMatchObject({ jobs: 'unknown' });
  expect(read).not.toHaveBeenCalled();
});

it('shows each queue in the metrics', async () => {
  const text = await metrics.registry.metrics();
  expect(text).toContain('aerie_queue_waiting_jobs{queue="write"} 1');
  expect(text).toContain('aerie_queue_running_jobs{queue="resize"} 3');
  expect(text).toContain('aerie_queue_oldest_wait_seconds{queue="write"} 2');
});
