import { LatencyHistogram } from '../telemetry/latency-histogram.js';
import type { QueryEvent } from './query-events.js';

const MOST_OPERATIONS = 200;
const OTHERS = 'others';

/** Null when there was nothing. */
export interface LatencyMs {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface QueryFigures {
  readonly total: number;
  readonly failed: number;
  readonly slow: number;
  /** From 0 to 1; 1 when there were none. */
  readonly successRate: number;
  readonly latencyMs: LatencyMs;
}

export interface StatisticsSnapshot extends QueryFigures {
  readonly since: Date;
  /** Calls that were refused without reaching the database: breaker open, line full, caller gone. */
  readonly refused: number;
  /** Raw SQL that looked put together rather than parameterised. */
  readonly refusedSql: number;
  /** Queries that asked for too much. */
  readonly tooComplex: number;
  readonly retries: number;
  /** The 200 that came first by name; later ones count together as `others`. */
  readonly operations: (QueryFigures & { readonly operation: string })[];
}

type Count = 'refused' | 'refusedSql' | 'tooComplex' | 'retries';

/** What this process has asked of the database since the start, or since `reset()`. */
export class QueryStatistics {
  private since: Date;
  private all: Figures;
  private operations: Map<string, Figures>;
  private counts: Record<Count, number>;

  constructor() {
    this.reset();
  }

  reset(): void {
    this.since = new Date();
    this.all = new Figures();
    this.operations = new Map();
    this.counts = { refused: 0, refusedSql: 0, tooComplex: 0, retries: 0 };
  }

  /** How many took longer than SLOW_QUERY_MS. */
  get slow(): number {
    return this.all.slow;
  }

  record(event: QueryEvent): void {
    this.all.record(event);
    this.of(event.operation).record(event);
  }

  count(what: Count): void {
    this.counts[what]++;
  }

  snapshot(): StatisticsSnapshot {
    const operations = [...this.operations].map(([operation, figures]) =>
      Object.assign(figures.snapshot(), { operation }),
    );
    return {
      since: this.since,
      ...this.all.snapshot(),
      ...this.counts,
      operations: operations.toSorted((one, other) => other.total - one.total),
    };
  }

  private of(operation: string): Figures {
    const known = this.operations.get(operation);
    if (known) return known;
    if (this.operations.size >= MOST_OPERATIONS && operation !== OTHERS) return this.of(OTHERS);
    const figures = new Figures();
    this.operations.set(operation, figures);
    return figures;
  }
}

class Figures {
  slow = 0;
  private total = 0;
  private failed = 0;
  private readonly latency = new LatencyHistogram();

  record({ outcome, isSlow, durationMs }: QueryEvent): void {
    this.total++;
    if (outcome === 'failed') this.failed++;
    if (isSlow) this.slow++;
    this.latency.observe(durationMs);
  }

  snapshot(): QueryFigures {
    const { total, failed, slow, latency } = this;
    return {
      total,
      failed,
      slow,
      successRate: total === 0 ? 1 : (total - failed) / total,
      latencyMs: {
        p50: latency.percentileMs(0.5),
        p95: latency.percentileMs(0.95),
        p99: latency.percentileMs(0.99),
        max: total === 0 ? null : latency.maxMs,
      },
    };
  }
}
