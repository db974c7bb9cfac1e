/** What can be counted in one slot of time and added up over several. */
export interface Tally<T> {
  /** What one takes in memory. */
  readonly bytes: number;
  add(other: T): void;
  clear(): void;
}

/**
 * One tally for each slot of time: the slot that is open, the last ones, and the minute so far. What is
 * asked of several slots is asked of their sum: a mean of percentiles or of ratios says nothing.
 */
export class RollingWindows<T extends Tally<T>> {
  readonly bytes: number;
  private readonly slots: T[];
  private readonly minute: T;
  private open = 0;

  constructor(
    private readonly make: () => T,
    keptSlots: number,
  ) {
    this.slots = Array.from({ length: keptSlots + 1 }, make);
    this.minute = make();
    this.bytes = (keptSlots + 2) * this.minute.bytes;
  }

  /** Of the slot that is open: where to count. */
  get current(): T {
    return this.slots[this.open]!;
  }

  /** Of the minute, up to the last slot that was closed. */
  get currentMinute(): T {
    return this.minute;
  }

  closeSlot(): void {
    this.minute.add(this.current);
    this.open = (this.open + 1) % this.slots.length;
    this.current.clear();
  }

  /** Puts an empty slot before the open one, for time in which nothing could be counted. */
  skipSlot(): void {
    const { open, slots } = this;
    this.open = (open + 1) % slots.length;
    const reused = slots[this.open]!;
    reused.clear();
    slots[this.open] = slots[open]!;
    slots[open] = reused;
  }

  closeMinute(): void {
    this.minute.clear();
  }

  /** The open slot and so many before it, added up. */
  last(closedSlots: number): T {
    const sum = this.make();
    const size = this.slots.length;
    for (let back = 0; back <= Math.min(closedSlots, size - 1); back++) {
      sum.add(this.slots[(this.open - back + size) % size]!);
    }
    return sum;
  }
}
