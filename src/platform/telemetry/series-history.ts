const HOUR_OF_SLOTS = 720;
const DAY_OF_MINUTES = 1_440;

/** An hour, or a day. */
export type Resolution = '5s' | '1m';

/** How the values of a minute become one, where they cannot be added up and asked again. */
export type MinuteOf = 'mean' | 'max';

/** An hour at five seconds and a day at a minute, in memory that is taken once. */
export class SeriesHistory {
  static readonly bytes = (HOUR_OF_SLOTS + DAY_OF_MINUTES) * Float64Array.BYTES_PER_ELEMENT;

  private readonly slots: Ring;
  private readonly minutes: Ring;
  private sum = 0;
  private count = 0;
  private max: number | null = null;

  /** What went by before the series was there counts as unknown, so that all series are in step. */
  constructor(pastSlots: number, pastMinutes: number) {
    this.slots = new Ring(HOUR_OF_SLOTS, pastSlots);
    this.minutes = new Ring(DAY_OF_MINUTES, pastMinutes);
  }

  addSlot(value: number | null): void {
    this.slots.push(value);
    if (value === null) return;
    this.sum += value;
    this.count++;
    this.max = this.max === null ? value : Math.max(this.max, value);
  }

  /** The value of the minute, or how to make it of those that its slots had. */
  addMinute(value: number | null | MinuteOf): void {
    const mean = this.count === 0 ? null : this.sum / this.count;
    this.minutes.push(value === 'mean' ? mean : value === 'max' ? this.max : value);
    this.sum = 0;
    this.count = 0;
    this.max = null;
  }

  /** Oldest first; null where nothing is known. */
  values(resolution: Resolution): (number | null)[] {
    return (resolution === '5s' ? this.slots : this.minutes).values();
  }

  get latest(): number | null {
    return this.slots.latest;
  }
}

/** The last so many values. NaN, which no series has, stands for null. */
class Ring {
  private readonly kept: Float64Array;

  constructor(
    size: number,
    private pushed: number,
  ) {
    this.kept = new Float64Array(size).fill(NaN);
  }

  push(value: number | null): void {
    this.kept[this.pushed % this.kept.length] = value ?? NaN;
    this.pushed++;
  }

  get latest(): number | null {
    return this.pushed === 0
      ? null
      : numberOrNull(this.kept[(this.pushed - 1) % this.kept.length]!);
  }

  values(): (number | null)[] {
    const count = Math.min(this.pushed, this.kept.length);
    const first = this.pushed - count;
    return Array.from({ length: count }, (_, index) =>
      numberOrNull(this.kept[(first + index) % this.kept.length]!),
    );
  }
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
