import type { Metrics } from '../telemetry/metrics.js';

/** How a run ended: done, to be tried again, or given up for good. */
export type JobOutcome = 'done' | 'retried' | 'dead';

const RUN_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600];

/** What the workers say of themselves to Prometheus. */
export class QueueSignals {
  private readonly ends;
  private readonly runs;

  constructor(metrics: Metrics) {
    this.ends = metrics.counter('aerie_queue_jobs_total', 'Runs of jobs that ended, by outcome.', [
      'queue',
      'outcome',
    ]);
    this.runs = metrics.histogram(
      'aerie_queue_job_duration_seconds',
      'How long runs of jobs took.',
      ['queue'],
      RUN_SECONDS,
    );
  }

  /** Starts a clock; call what it returns when the run has ended. */
  startRun(queue: string): (outcome: JobOutcome) => void {
    const stop = this.runs.startTimer({ queue });
    return (outcome) => {
      stop();
      this.ends.inc({ queue, outcome });
    };
  }
}
