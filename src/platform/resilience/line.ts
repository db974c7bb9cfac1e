import { CallerGone, NOBODY, refuseIfOver, TooLate, type Caller } from './caller.js';

/** There is neither a place nor room to wait for one. */
export class LineFull extends Error {}

/** Says whether the work succeeded. */
type Leave = (isDone: boolean) => void;

interface Waiting {
  readonly since: number;
  readonly admit: () => void;
  readonly refuse: (reason: Error) => void;
}

/** A kind of which nothing was done for so long stands: no crowd is in its way, but a lock, say. */
const STANDS_AFTER_MS = 200;

/** Callers of one kind. */
class Kind {
  atWork = 0;
  private doneAt = -Infinity;
  private movesSince = 0;
  readonly waiting = new Set<Waiting>();

  constructor(readonly name: string) {}

  get first(): Waiting | undefined {
    const [first] = this.waiting;
    return first;
  }

  noteDone(): void {
    const now = performance.now();
    if (now - this.doneAt > STANDS_AFTER_MS) this.movesSince = now;
    this.doneAt = now;
  }

  /** How long the first has waited while others were done, which is for there are so many of them. */
  get crowdDelayMs(): number {
    const now = performance.now();
    const stands = now - this.doneAt > STANDS_AFTER_MS;
    if (stands || !this.first || this.name === NOBODY.kind) return 0;
    return now - Math.max(this.first.since, this.movesSince);
  }
}

/**
 * So many at work at once, so many more in line for a place, in the order in which they came. One kind of
 * caller has half of the places at most: what waits for a lock on a table that one route needs leaves
 * the others theirs. Whoever goes or runs out of time leaves the line. Not cockatiel's bulkhead, in which
 * those stay, and whose line stands still when one of them comes to the front.
 */
export class Line {
  private atWork = 0;
  private waiting = 0;
  private readonly kinds = new Map<string, Kind>();
  /** Those of which somebody waits. */
  private readonly inLine = new Set<Kind>();
  private readonly mostOfAKind: number;

  constructor(
    private readonly places: number,
    private readonly mostWaiting: number,
  ) {
    this.mostOfAKind = Math.ceil(places / 2);
  }

  /** How many wait. */
  get length(): number {
    return this.waiting;
  }

  /** How long requests wait for a place because there are so many, in milliseconds; of the kind that waits longest. */
  get crowdDelayMs(): number {
    let delayMs = 0;
    for (const kind of this.inLine) delayMs = Math.max(delayMs, kind.crowdDelayMs);
    return delayMs;
  }

  /** Resolves with how to give the place up. Throws `LineFull`, `CallerGone` or `TooLate`. */
  async enter(caller: Caller): Promise<Leave> {
    refuseIfOver(caller);
    const kind = this.kindOf(caller);
    if (this.hasPlaceFor(kind)) this.take(kind);
    else await this.wait(caller, kind);
    let hasLeft = false;
    return (isDone) => {
      if (hasLeft) return;
      hasLeft = true;
      if (isDone) kind.noteDone();
      this.leave(kind);
    };
  }

  /** Sends everybody away who waits. */
  dismiss(reason: Error): void {
    for (const { waiting } of this.inLine) {
      for (const one of waiting) one.refuse(reason);
    }
  }

  private kindOf({ kind: name }: Caller): Kind {
    const known = this.kinds.get(name);
    if (known) return known;
    const kind = new Kind(name);
    this.kinds.set(name, kind);
    return kind;
  }

  private hasPlaceFor(kind: Kind): boolean {
    return this.atWork < this.places && kind.atWork < this.mostOfAKind;
  }

  private take(kind: Kind): void {
    this.atWork++;
    kind.atWork++;
  }

  /** The place goes straight to the first who may have it, so that nobody who comes just now is faster. */
  private leave(kind: Kind): void {
    this.atWork--;
    kind.atWork--;
    let next: Kind | undefined;
    for (const other of this.inLine) {
      if (this.hasPlaceFor(other) && isEarlier(other, next)) next = other;
    }
    if (!next) return;
    this.take(next);
    next.first?.admit();
  }

  private wait(caller: Caller, kind: Kind): Promise<void> {
    if (this.waiting >= this.mostWaiting) throw new LineFull(`${this.waiting} calls wait already`);
    return new Promise((resolve, reject) => {
      const stepOut = () => {
        kind.waiting.delete(one);
        if (kind.waiting.size === 0) this.inLine.delete(kind);
        this.waiting--;
        clearTimeout(timer);
        stopListening();
      };
      const one = {
        since: performance.now(),
        admit: () => {
          stepOut();
          resolve();
        },
        refuse: (reason: Error) => {
          stepOut();
          reject(reason);
        },
      };
      kind.waiting.add(one);
      this.inLine.add(kind);
      this.waiting++;
      const stopListening = caller.onGone(() => one.refuse(new CallerGone('left the line')));
      const timer = at(caller.deadlineAt, () => one.refuse(new TooLate('waited in line too long')));
    });
  }
}

function isEarlier(kind: Kind, than: Kind | undefined): boolean {
  return (kind.first?.since ?? Infinity) < (than?.first?.since ?? Infinity);
}

function at(time: number, act: () => void): NodeJS.Timeout | undefined {
  return time === Infinity ? undefined : setTimeout(act, time - performance.now());
}
