import { Injectable } from '@nestjs/common';
import { DatabaseUnavailable } from '../errors/problems.js';
import { HealthParts, type HealthPart } from '../telemetry/health-parts.js';
import { Metrics } from '../telemetry/metrics.js';
import { runbook } from '../telemetry/runbooks.js';
import { QueueCounts, type QueueCount } from './queue-counts.js';
import { Queue } from './queue.js';

/** A due job that nobody has taken for so long is a sign that too little works, or nothing. */
const LONG_WAIT_SECONDS = 300;

const GAUGES = {
  waiting: ['aerie_queue_waiting_jobs', 'Jobs that are due and not taken yet.'],
  running: ['aerie_queue_running_jobs', 'Jobs that are being run.'],
  dead: ['aerie_queue_dead_jobs', 'Jobs that have failed for good and are kept.'],
  oldestWaitSeconds: [
    'aerie_queue_oldest_wait_seconds',
    'How long the job that has been due longest has waited.',
  ],
} as const satisfies Partial<Record<keyof QueueCount, readonly [string, string]>>;

/** Shows in metrics and health how the queues do. */
@Injectable()
export class QueueWatch {
  constructor(
    private readonly queue: Queue,
    private readonly counts: QueueCounts,
    metrics: Metrics,
    health: HealthParts,
  ) {
    for (const [key, [name, help]] of Object.entries(GAUGES)) {
      metrics.gauge(name, help, ['queue'], async (gauge) => {
        for (const count of await this.known()) {
          gauge.set({ queue: count.name }, count[key as keyof typeof GAUGES]);
        }
      });
    }
    health.add('queue', () => this.look());
  }

  private async look(): Promise<HealthPart> {
    const counts = await this.known();
    if (counts.length === 0)
      return { status: 'degraded', jobs: 'unknown', runbook: runbook('queue-stuck') };
    const sum = (key: 'waiting' | 'running' | 'dead') =>
      counts.reduce((total, count) => total + count[key], 0);
    const dead = sum('dead');
    const oldestWaitSeconds = Math.max(...counts.map((count) => count.oldestWaitSeconds));
    return {
      status: dead > 0 || oldestWaitSeconds > LONG_WAIT_SECONDS ? 'degraded' : 'healthy',
      waiting: sum('waiting'),
      running: sum('running'),
      dead,
      oldestWaitSeconds,
      runbook: runbook(dead > 0 ? 'queue-dead-jobs' : 'queue-stuck'),
    };
  }

  /** None while nobody can tell: a scrape must not fail for that. */
  private async known(): Promise<QueueCount[]> {
    if (!this.queue.hasStarted) return [];
    try {
      return await this.counts.read();
    } catch (error) {
      if (error instanceof DatabaseUnavailable) return [];
      throw error;
    }
  }
}
