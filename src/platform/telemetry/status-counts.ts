import type { Tally } from './rolling-windows.js';

export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

export type StatusClass = (typeof STATUS_CLASSES)[number];

/** How many answers of each class there were. */
export class StatusCounts implements Tally<StatusCounts> {
  readonly bytes = STATUS_CLASSES.length * Float64Array.BYTES_PER_ELEMENT;
  private readonly counts = new Float64Array(STATUS_CLASSES.length);

  observe(status: number): void {
    this.counts[Math.min(Math.max(Math.floor(status / 100), 1), STATUS_CLASSES.length) - 1]!++;
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  of(statusClass: StatusClass): number {
    return this.counts[STATUS_CLASSES.indexOf(statusClass)]!;
  }

  /** Null when there was no answer at all, which is neither well nor ill. */
  ratioOf(statusClass: StatusClass): number | null {
    const { total } = this;
    return total === 0 ? null : this.of(statusClass) / total;
  }

  add(other: StatusCounts): void {
    for (let index = 0; index < this.counts.length; index++) {
      this.counts[index]! += other.counts[index]!;
    }
  }

  clear(): void {
    this.counts.fill(0);
  }
}
