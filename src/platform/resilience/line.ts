import { CallerGone, refuseIfOver, TooLate, type Caller } from './caller.js';

/** There is neither a place nor room to wait for one. */
export class LineFull extends Error {}

type Leave = () => void;

/**
 * So many at work at once, so many more in line for a place, in the order in which they came. Whoever
 * goes or runs out of time leaves the line. Not cockatiel's bulkhead, in which those stay, and whose
 * line stands still when one of them comes to the front.
 */
export class Line {
  private atWork = 0;
  private readonly waiting = new Set<{ admit: () => void; refuse: (reason: Error) => void }>();

  constructor(
    private readonly places: number,
    private readonly mostWaiting: number,
  ) {}

  /** How many wait. */
  get length(): number {
    return this.waiting.size;
  }

  /** Resolves with how to give the place up. Throws `LineFull`, `CallerGone` or `TooLate`. */
  async enter(caller: Caller): Promise<Leave> {
    refuseIfOver(caller);
    if (this.atWork >= this.places) await this.wait(caller);
    else this.atWork++;
    let hasLeft = false;
    return () => {
      if (!hasLeft) this.next();
      hasLeft = true;
    };
  }

  /** Sends everybody away who waits. */
  dismiss(reason: Error): void {
    for (const one of this.waiting) one.refuse(reason);
  }

  /** The place goes straight to the next, so that nobody who comes just now is faster. */
  private next(): void {
    const [first] = this.waiting;
    if (first) first.admit();
    else this.atWork--;
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
