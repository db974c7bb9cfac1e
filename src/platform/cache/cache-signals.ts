import type { Metrics } from '../telemetry/metrics.js';
import type { Cache } from './cache.js';

/**
 * How a read ended: from memory, from Redis, shared with somebody who was asking already, known not
 * to be there, loaded, stale because its source is out of order, or failed.
 */
export type ReadOutcome = 'memory' | 'redis' | 'shared' | 'absent' | 'loaded' | 'stale' | 'failed';

const NEEDED_THE_SOURCE = new Set<ReadOutcome>(['loaded', 'stale', 'failed']);

const LOAD_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

/** What the cache says of itself to Prometheus. */
export class CacheSignals {
  private readonly reads;
  private readonly loads;
  private lately = { reads: 0, hits: 0 };

  constructor(metrics: Metrics) {
    this.reads = metrics.counter(
      'aerie_cache_reads_total',
      'Reads through the cache, by outcome.',
      ['cache', 'outcome'],
    );
    this.loads = metrics.histogram(
      'aerie_cache_load_duration_seconds',
      'How long the source took to answer what was not kept.',
      ['cache'],
      LOAD_SECONDS,
    );
  }

  count(cache: string, outcome: ReadOutcome): void {
    this.reads.inc({ cache, outcome });
    this.lately.reads++;
    if (!NEEDED_THE_SOURCE.has(outcome)) this.lately.hits++;
  }

  /** The share of reads since the last time that was asked which did not need their source; null for none. */
  takeHitRatio(): number | null {
    const { reads, hits } = this.lately;
    this.lately = { reads: 0, hits: 0 };
    return reads === 0 ? null : hits / reads;
  }

  /** Starts a clock; call what it returns when the source has answered or failed. */
  startLoad(cache: string): () => void {
    return this.loads.startTimer({ cache });
  }
}

export function showSize(metrics: Metrics, cache: Cache): void {
  metrics.gauge('aerie_cache_entries', 'Answers kept in memory.', [], (gauge) =>
    gauge.set(cache.size.entries),
  );
  metrics.gauge('aerie_cache_bytes', 'Bytes of the answers kept in memory.', [], (gauge) =>
    gauge.set(cache.size.bytes),
  );
}
