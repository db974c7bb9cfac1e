import { NOBODY } from './caller.js';

/** One who is in line, and how to get them out of it. */
export interface Waiting {
  readonly since: number;
  readonly admit: () => void;
  readonly refuse: (reason: Error) => void;
}

/** A kind of which nothing was done for so long stands: no crowd is in its way, but a lock, say. */
const STANDS_AFTER_MS = 200;

/** Those of one kind who are at work, and who wait. */
export class LineOfAKind {
  private taken = 0;
  private movedAt = -Infinity;
  private movesSince = 0;
  readonly waiting = new Set<Waiting>();

  constructor(readonly name: string) {}

  /** How many are at work. */
  get atWork(): number {
    return this.taken;
  }

  get first(): Waiting | undefined {
    const [first] = this.waiting;
    return first;
  }

  /** Whoever comes when none is at work starts anew; who was in line goes on with what there was. */
  take({ isFromLine }: { isFromLine: boolean }): void {
    if (this.taken === 0 && !isFromLine) this.noteMove();
    this.taken++;
  }

  leave(isDone: boolean): void {
    this.taken--;
    if (isDone) this.noteMove();
  }

  /** Whether some are at work, and none of them comes to an end. */
  get stands(): boolean {
    return this.taken > 0 && !this.isMoving;
  }

  /** How long the first has waited while others were done, which is for there are so many of them. */
  get crowdDelayMs(): number {
    if (!this.first || !this.isMoving || this.name === NOBODY.kind) return 0;
    return performance.now() - Math.max(this.first.since, this.movesSince);
  }

  private get isMoving(): boolean {
    return performance.now() - this.movedAt <= STANDS_AFTER_MS;
  }

  private noteMove(): void {
    const now = performance.now();
    if (!this.isMoving) this.movesSince = now;
    this.movedAt = now;
  }
}
