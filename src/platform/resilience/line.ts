import { CallerGone, refuseIfOver, TooLate, type Caller } from './caller.js';
import { LineOfAKind, type Working } from './line-of-a-kind.js';

/** There is neither a place nor room to wait for one. */
export class LineFull extends Error {}

/**
 * So many at work at once, so many more in line for a place: first the kind of caller of which fewest are
 * at work, and of one kind in the order in which they came. A kind has its share of the places and of the
 * line at most, and so have all kinds together that stand: what waits for a lock on a table that some
 * routes need leaves the others theirs. Whoever goes or runs out of time leaves the line. Not cockatiel's
 * bulkhead, in which those stay, and whose line stands still when one of them comes to the front.
 */
export class Line {
  private atWork = 0;
  private waiting = 0;
  private readonly kinds = new Map<string, LineOfAKind>();
  /** Those of which somebody waits. */
  private readonly inLine = new Set<LineOfAKind>();
  private readonly placesOfAKind: number;
  private readonly waitingOfAKind: number;

  constructor(
    private readonly places: number,
    private readonly mostWaiting: number,
    shareOfAKind = 1 / 2,
  ) {
    this.placesOfAKind = Math.ceil(places * shareOfAKind);
    this.waitingOfAKind = Math.ceil(mostWaiting * shareOfAKind);
  }

  /** How many wait. */
  get length(): number {
    return this.waiting;
  }

  /** How long the first caller of a kind has waited for a place, in milliseconds. */
  delayMsOf(kind: string): number {
    return this.kinds.get(kind)?.delayMs ?? 0;
  }

  /** How long somebody has waited who lacks nothing but a place: all are taken, and not by their own kind. */
  get delayMs(): number {
    let delayMs = 0;
    for (const kind of this.inLine) {
      if (this.hasShareFor(kind)) delayMs = Math.max(delayMs, kind.delayMs);
    }
    return delayMs;
  }

  /** Resolves with how to give the place up. Throws `LineFull`, `CallerGone` or `TooLate`. */
  async enter(caller: Caller): Promise<() => void> {
    refuseIfOver(caller);
    const kind = this.kindOf(caller);
    const isFree = !kind.first && this.hasPlaceFor(kind);
    const one = isFree ? this.take(kind) : await this.wait(caller, kind);
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.atWork--;
      kind.leave(one);
      this.admit();
    };
  }

  /** Sends everybody away who waits. */
  dismiss(reason: Error): void {
    for (const { waiting } of this.inLine) {
      for (const one of waiting) one.refuse(reason);
    }
  }

  private kindOf({ kind: name }: Caller): LineOfAKind {
    const known = this.kinds.get(name);
    if (known) return known;
    const kind = new LineOfAKind();
    this.kinds.set(name, kind);
    return kind;
  }

  private hasPlaceFor(kind: LineOfAKind): boolean {
    return this.atWork < this.places && this.hasShareFor(kind);
  }

  /** One of a kind may always show whether it still stands. */
  private hasShareFor(kind: LineOfAKind): boolean {
    if (kind.atWork === 0) return true;
    if (kind.atWork >= this.placesOfAKind) return false;
    return !kind.stands || this.standing < this.placesOfAKind;
  }

  /** How many are at work of kinds that stand. */
  private get standing(): number {
    let standing = 0;
    for (const kind of this.kinds.values()) if (kind.stands) standing += kind.atWork;
    return standing;
  }

  private take(kind: LineOfAKind): Working {
    this.atWork++;
    return kind.take();
  }

  /** Free places go straight to whoever is to have them, so that nobody who comes just now is faster. */
  private admit(): void {
    for (let next = this.next(); next?.first; next = this.next()) {
      next.first.admit();
    }
  }

  private next(): LineOfAKind | undefined {
    let next: LineOfAKind | undefined;
    for (const kind of this.inLine) {
      if (this.hasPlaceFor(kind) && (!next || goesFirst(kind, next))) next = kind;
    }
    return next;
  }

  private wait(caller: Caller, kind: LineOfAKind): Promise<Working> {
    if (this.waiting >= this.mostWaiting || kind.waiting.size >= this.waitingOfAKind) {
      throw new LineFull(`${kind.waiting.size} calls of its kind wait already, of ${this.waiting}`);
    }
    return new Promise((resolve, reject) => {
      const stepOut = () => {
        kind.waiting.delete(one);
        if (kind.waiting.size === 0) this.inLine.delete(kind);
        this.waiting--;
        clearTimeout(timer);
        stopListening();
      };
      const refuse = (reason: Error) => {
        stepOut();
        reject(reason);
      };
      const expire = () => refuse(new TooLate('waited in line too long'));
      const admit = () => {
        // a place may come free in the turn in which their timer is due, before it is looked at
        if (performance.now() >= caller.deadlineAt) return expire();
        stepOut();
        resolve(this.take(kind));
      };
      const one = { since: performance.now(), admit, refuse };
      kind.waiting.add(one);
      this.inLine.add(kind);
      this.waiting++;
      const stopListening = caller.onGone(() => refuse(new CallerGone('left the line')));
      const timer = at(caller.deadlineAt, expire);
    });
  }
}

function goesFirst(kind: LineOfAKind, other: LineOfAKind): boolean {
  if (kind.atWork !== other.atWork) return kind.atWork < other.atWork;
  return (kind.first?.since ?? Infinity) < (other.first?.since ?? Infinity);
}

function at(time: number, act: () => void): NodeJS.Timeout | undefined {
  return time === Infinity ? undefined : setTimeout(act, Math.max(0, time - performance.now()));
}
