import type { Tally } from './rolling-windows.js';

/** How far a percentile may be from the exact one. */
export const RELATIVE_ERROR = 0.009;

const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GROWTH = Math.log(GROWTH);
const SHORTEST_MS = 0.01;
const LONGEST_MS = 120_000;
const OFFSET = Math.floor(Math.log(SHORTEST_MS) / LOG_GROWTH);
const BUCKETS = Math.ceil(Math.log(LONGEST_MS) / LOG_GROWTH) - OFFSET + 1;

/**
 * Durations counted in buckets each of which is 1.8 % wider than the one below, so that a percentile is
 * within 0.9 % of the exact one (as DDSketch, https://arxiv.org/abs/1908.10693) from 0.01 ms to two
 * minutes, whatever the number of observations; and two can be added up, which percentiles cannot.
 */
export class LatencyHistogram implements Tally<LatencyHistogram> {
  readonly bytes = BUCKETS * Uint32Array.BYTES_PER_ELEMENT;
  private readonly counts = new Uint32Array(BUCKETS);
  private total = 0;
  private longestMs = 0;

  get count(): number {
    return this.total;
  }

  get maxMs(): number {
    return this.longestMs;
  }

  observe(ms: number): void {
    const bucket = Math.ceil(Math.log(ms) / LOG_GROWTH) - OFFSET;
    // also what is no number: a clock that went wrong must not lose the count
    this.counts[bucket > 0 ? (bucket < BUCKETS ? bucket : BUCKETS - 1) : 0]!++;
    this.total++;
    if (ms > this.longestMs) this.longestMs = ms;
  }

  add(other: LatencyHistogram): void {
    if (other.total === 0) return;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.counts[bucket]! += other.counts[bucket]!;
    }
    this.total += other.total;
    this.longestMs = Math.max(this.longestMs, other.longestMs);
  }

  clear(): void {
    if (this.total === 0) return;
    this.counts.fill(0);
    this.total = 0;
    this.longestMs = 0;
  }

  /** The duration that this share (0.95, say) of all observations do not exceed; null when there are none. */
  percentileMs(share: number): number | null {
    if (this.total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.total));
    if (rank === this.total) return this.longestMs;
    let seen = 0;
    let bucket = 0;
    while (bucket < BUCKETS - 1 && (seen += this.counts[bucket]!) < rank) bucket++;
    return Math.min(middleOf(bucket), this.longestMs);
  }
}

/** The value that is relatively as far from the lower end of the bucket as from the upper. */
function middleOf(bucket: number): number {
  return (2 * GROWTH ** (bucket + OFFSET)) / (GROWTH + 1);
}
