import { Injectable } from '@nestjs/common';
import { Metrics } from '#platform/telemetry/metrics';

/** What became of events, counted. */
@Injectable()
export class WriterFigures {
  private readonly events;
  private readonly batchSizes;
  private droppedCount = 0;

  constructor(metrics: Metrics) {
    this.events = metrics.counter(
      'aerie_audit_events_total',
      'Audit events by what became of them: written to the database, spilled to the journal, set aside, dropped',
      ['outcome'],
    );
    this.batchSizes = metrics.histogram(
      'aerie_audit_written_batch_events',
      'Audit events that were written in one statement',
      [],
      [1, 3, 10, 30, 100, 300, 1_000],
    );
  }

  written(count: number): void {
    this.events.inc({ outcome: 'written' }, count);
    this.batchSizes.observe(count);
  }

  spilled(count: number): void {
    this.events.inc({ outcome: 'spilled' }, count);
  }

  setAside(): void {
    this.events.inc({ outcome: 'set aside' });
  }

  dropped(): void {
    this.droppedCount++;
    this.events.inc({ outcome: 'dropped' });
  }

  /** Since the start. */
  get droppedSoFar(): number {
    return this.droppedCount;
  }
}
