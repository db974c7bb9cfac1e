import { CallerGone, refuseIfOver, TooLate, type Caller } from './caller.js';

/** There is neither a place nor room to wait for one. */
export class LineFull extends Error {}

type Leave = () => void;

interface Waiting {
  readonly kind: string;
  readonly admit: () => void;
  readonly refuse: (reason: Error) => void;
}

/** A call that takes longer is no progress, and a kind of caller that makes none for as long is stuck. */
const STUCK_MS = 500;

/** Those of one kind that are at work. */
interface AtWork {
  places: number;
  progressAt: number;
}

/**
 * So many at work at once, so many more in line for a place, in the order in which they came. A kind of
 * caller that is stuck has half of the places at most: what waits for a lock on a table that one route
 * needs leaves the others theirs. Whoever goes or runs out of time leaves the line. Not cockatiel's
 * bulkhead, in which those stay, and whose line stands still when one of them comes to the front.
 */
export class Line {
  private atWork = 0;
  private readonly atWorkOf = new Map<string, AtWork>();
  private readonly mostIfStuck: number;
  private readonly waiting = new Set<Waiting>();

  constructor(
    private readonly places: number,
    private readonly mostWaiting: number,
  ) {
    this.mostIfStuck = Math.ceil(places / 2);
  }

  /** How many wait. */
  get length(): number {
    return this.waiting.size;
  }

  /** Resolves with how to give the place up. Throws `LineFull`, `CallerGone` or `TooLate`. */
  async enter(caller: Caller): Promise<Leave> {
    refuseIfOver(caller);
    const { kind } = caller;
    if (this.hasPlaceFor(kind)) this.take(kind);
    else await this.wait(caller);
    const enteredAt = performance.now();
    let hasLeft = false;
    return () => {
      if (!hasLeft) this.leave(kind, enteredAt);
      hasLeft = true;
    };
  }

  /** Sends everybody away who waits. */
  dismiss(reason: Error): void {
    for (const one of this.waiting) one.refuse(reason);
  }

  private hasPlaceFor(kind: string): boolean {
    if (this.atWork >= this.places) return false;
    const same = this.atWorkOf.get(kind);
    if (!same || same.places < this.mostIfStuck) return true;
    return performance.now() - same.progressAt < STUCK_MS;
  }

  private take(kind: string): void {
    this.atWork++;
    const same = this.atWorkOf.get(kind);
    if (same) same.places++;
    else this.atWorkOf.set(kind, { places: 1, progressAt: performance.now() });
  }

  /** The place goes straight to the first who may have one, so that nobody who comes just now is faster. */
  private leave(kind: string, enteredAt: number): void {
    this.atWork--;
    const same = this.atWorkOf.get(kind)!;
    same.places--;
    const now = performance.now();
    if (now - enteredAt < STUCK_MS) same.progressAt = now;
    if (same.places === 0) this.atWorkOf.delete(kind);
    for (const one of this.waiting) {
      if (this.atWork >= this.places) return;
      if (!this.hasPlaceFor(one.kind)) continue;
      this.take(one.kind);
      one.admit();
    }
  }

  private wait(caller: Caller): Promise<void> {
    if (this.waiting.size >= this.mostWaiting) {
      throw new LineFull(`${this.waiting.size} calls wait already`);
    }
    return new Promise((resolve, reject) => {
      const stepOut = () => {
        this.waiting.delete(one);
        clearTimeout(timer);
        stopListening();
      };
      const one = {
        kind: caller.kind,
        admit: () => {
          stepOut();
          resolve();
        },
        refuse: (reason: Error) => {
          stepOut();
          reject(reason);
        },
      };
      this.waiting.add(one);
      const stopListening = caller.onGone(() => one.refuse(new CallerGone('left the line')));
      const timer = at(caller.deadlineAt, () => one.refuse(new TooLate('waited in line too long')));
    });
  }
}

function at(time: number, act: () => void): NodeJS.Timeout | undefined {
  return time === Infinity ? undefined : setTimeout(act, time - performance.now());
}
