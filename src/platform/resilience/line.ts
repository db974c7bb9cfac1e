import { CallerGone, refuseIfOver, TooLate, type Caller } from './caller.js';
import { LineOfAKind } from './line-of-a-kind.js';

/** There is neither a place nor room to wait for one. */
export class LineFull extends Error {}

/** Says whether the work succeeded. */
type Leave = (isDone: boolean) => void;

/**
 * So many at work at once, so many more in line for a place, in the order in which they came. One kind of
 * caller has half of the places at most, and so have all kinds together that stand: what waits for a lock
 * on a table that some routes need leaves the others theirs. Whoever goes or runs out of time leaves the
 * line. Not cockatiel's bulkhead, in which those stay, and whose line stands still when one of them comes
 * to the front.
 */
export class Line {
  private atWork = 0;
  private waiting = 0;
  private readonly kinds = new Map<string, LineOfAKind>();
  /** Those of which somebody waits. */
  private readonly inLine = new Set<LineOfAKind>();
  private readonly half: number;

  constructor(
    private readonly places: number,
    private readonly mostWaiting: number,
  ) {
    this.half = Math.ceil(places / 2);
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
    if (!kind.first && this.hasPlaceFor(kind)) this.take(kind, { isFromLine: false });
    else await this.wait(caller, kind);
    let hasLeft = false;
    return (isDone) => {
      if (hasLeft) return;
      hasLeft = true;
      this.atWork--;
      kind.leave(isDone);
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
    const kind = new LineOfAKind(name);
    this.kinds.set(name, kind);
    return kind;
  }

  private hasPlaceFor(kind: LineOfAKind): boolean {
    if (this.atWork >= this.places || kind.atWork >= this.half) return false;
    return !kind.stands || this.standing < this.half;
  }

  /** How many are at work of kinds that stand. */
  private get standing(): number {
    let standing = 0;
    for (const kind of this.kinds.values()) if (kind.stands) standing += kind.atWork;
    return standing;
  }

  private take(kind: LineOfAKind, how: { isFromLine: boolean }): void {
    this.atWork++;
    kind.take(how);
  }

  /** Free places go straight to the first who may have them, so that nobody who comes just now is faster. */
  private admit(): void {
    for (let next = this.next(); next?.first; next = this.next()) {
      this.take(next, { isFromLine: true });
      next.first.admit();
    }
  }

  private next(): LineOfAKind | undefined {
    let next: LineOfAKind | undefined;
    for (const kind of this.inLine) {
      if (this.hasPlaceFor(kind) && isEarlier(kind, next)) next = kind;
    }
    return next;
  }

  private wait(caller: Caller, kind: LineOfAKind): Promise<void> {
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

function isEarlier(kind: LineOfAKind, than: LineOfAKind | undefined): boolean {
  return (kind.first?.since ?? Infinity) < (than?.first?.since ?? Infinity);
}

function at(time: number, act: () => void): NodeJS.Timeout | undefined {
  return time === Infinity ? undefined : setTimeout(act, time - performance.now());
}
