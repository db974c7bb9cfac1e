/** One who is in line, and how to get them out of it. */
export interface Waiting {
  readonly since: number;
  readonly admit: () => void;
  readonly refuse: (reason: Error) => void;
}

/** One who is at work, and since when. */
export interface Working {
  readonly since: number;
}

/** Work that takes longer waits for a lock, say, or is slow by nature. */
const LONG_MS = 200;
/** Longer than it takes those who come next to show it, too. */
const REMEMBERED_MS = 1_000;

/** Those of one kind who are at work, and who wait, each in the order in which they came. */
export class LineOfAKind {
  private readonly working = new Set<Working>();
  /** When one left that had been at work for long. */
  private wasLongAt = -Infinity;
  readonly waiting = new Set<Waiting>();

  /** How many are at work. */
  get atWork(): number {
    return this.working.size;
  }

  get first(): Waiting | undefined {
    const [first] = this.waiting;
    return first;
  }

  take(): Working {
    const one = { since: performance.now() };
    this.working.add(one);
    return one;
  }

  /** Whether or not it succeeded: what stood shows that by how long it took. */
  leave(one: Working): void {
    this.working.delete(one);
    if (isLong(one)) this.wasLongAt = performance.now();
  }

  /** Whether one of them has been at work for long, or was a moment ago, whatever the others do. */
  get stands(): boolean {
    if (performance.now() - this.wasLongAt < REMEMBERED_MS) return true;
    const [oldest] = this.working;
    return oldest !== undefined && isLong(oldest);
  }

  /** How long the first has waited. */
  get delayMs(): number {
    return this.first ? performance.now() - this.first.since : 0;
  }
}

const isLong = ({ since }: Working) => performance.now() - since > LONG_MS;
