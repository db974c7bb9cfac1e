import { Injectable } from '@nestjs/common';
import type { DurationSeries } from '../telemetry/duration-histogram.js';
import { Metrics } from '../telemetry/metrics.js';
import { Database } from './database.js';
import type { QueryEvent } from './query-events.js';

const KINDS = ['read', 'write', 'sql'] as const;

/** What the database says of itself to Prometheus. Each query costs an addition or two. */
@Injectable()
export class DatabaseMetrics {
  private readonly durations: Record<QueryEvent['kind'], Record<string, DurationSeries>>;
  private readonly slow: Record<QueryEvent['kind'], number> = { read: 0, write: 0, sql: 0 };

  constructor(metrics: Metrics, database: Database) {
    const durations = metrics.durations(
      'aerie_database_query_duration_seconds',
      'How long queries took, time in the pool included. Failed are outages and conflicts.',
      ['kind', 'outcome'],
    );
    const ofKind = (kind: string) => ({
      ok: durations.series({ kind, outcome: 'ok' }),
      failed: durations.series({ kind, outcome: 'failed' }),
    });
    this.durations = { read: ofKind('read'), write: ofKind('write'), sql: ofKind('sql') };
    metrics.counter(
      'aerie_database_slow_queries_total',
      'Queries that took longer than SLOW_QUERY_MS.',
      ['kind'],
      (counter) => {
        for (const kind of KINDS) counter.inc({ kind }, this.slow[kind]);
      },
    );
    metrics.counter(
      'aerie_database_refused_calls_total',
      'Calls that did not get as far as the database: breaker open, line full, caller gone or out of time.',
      [],
      (counter) => counter.inc(database.status.refused),
    );
    metrics.gauge(
      'aerie_database_connections',
      'Connections of the pool: open, and of them idle.',
      ['state'],
      (gauge) => {
        const { open, idle } = database.status.pool;
        gauge.set({ state: 'open' }, open);
        gauge.set({ state: 'idle' }, idle);
      },
    );
    metrics.gauge(
      'aerie_database_waiting_calls',
      'Calls that wait: in line, or for a connection of the pool.',
      [],
      (gauge) => gauge.set(database.status.waiting),
    );
    database.onQuery((event) => this.observe(event));
  }

  private observe({ kind, outcome, durationMs, isSlow }: QueryEvent): void {
    this.durations[kind][outcome]!.observe(durationMs / 1_000);
    if (isSlow) this.slow[kind]++;
  }
}
