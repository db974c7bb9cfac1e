import { CallerGone, refuseIfOver, TooLate, type Caller } from './caller.js';

/** There is neither a place nor room to wait for one. */
export class LineFull extends Error {}

type Leave = () => void;

interface Waiting {
  readonly kind: string;
  readonly admit: () => void;
  readonly refuse: (reason: Error) => void;
}

/**
 * So many at work at once, so many more in line for a place, in the order in which they came. One kind of
 * caller has half of the places at most: what waits for a lock on a table that one route needs leaves
 * the others theirs. Whoever goes or runs out of time leaves the line. Not cockatiel's bulkhead, in which
 * those stay, and whose line stands still when one of them comes to the front.
 */
export class Line {
  private atWork = 0;
  private readonly atWorkOf = new Map<string, number>();
  private readonly mostOfAKind: number;
  private readonly waiting = new Set<Waiting>();

  constructor(
    private readonly places: number,
    private readonly mostWaiting: number,
  ) {
    this.mostOfAKind = Math.ceil(places / 2);
  }

  /** How many wait. */
  get length(): number {
    return this.waiting.size;
  }

  /** Resolves with how to give the place up. Throws `LineFull`, `CallerGone` or `TooLate`. */
  async enter(caller: Caller): Promise<Leave> {
    refuseIfOver(caller);
    const { kind } = caller;
    if (this.hasPlaceFor(kind)) this.take(kind, 1);
    else await this.wait(caller);
    let hasLeft = false;
    return () => {
      if (!hasLeft) this.leave(kind);
      hasLeft = true;
    };
  }

  /** Sends everybody away who waits. */
  dismiss(reason: Error): void {
    for (const one of this.waiting) one.refuse(reason);
  }

  private hasPlaceFor(kind: string): boolean {
    return this.atWork < this.places && (this.atWorkOf.get(kind) ?? 0) < this.mostOfAKind;
  }

  private take(kind: string, places: 1 | -1): void {
    this.atWork += places;
    const ofKind = (this.atWorkOf.get(kind) ?? 0) + places;
    if (ofKind > 0) this.atWorkOf.set(kind, ofKind);
    else this.atWorkOf.delete(kind);
  }

  /** The place goes straight to the first who may have it, so that nobody who comes just now is faster. */
  private leave(kind: string): void {
    this.take(kind, -1);
    for (const one of this.waiting) {
      if (!this.hasPlaceFor(one.kind)) continue;
      this.take(one.kind, 1);
      one.admit();
      return;
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
