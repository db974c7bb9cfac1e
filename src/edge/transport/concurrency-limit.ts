import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const SAMPLE_MS = 100;
/** Also the first: what comes at once to a service that has rested is let in, unless it is a flood. */
const MOST = 1_000;
/** So many clients may ask one thing after the other without ever being refused, however late it is. */
const LEAST = 64;
/** A crowd at the database may be that of one route, which is not to shut the others out. */
const LEAST_IN_CROWD = 256;
/** By how much one sample may lower the limit, and raise it. */
const STEEPEST_FALL = 0.25;
const RISE = 1.1;

/** Samples that a crowd at the database may last: a burst comes in and is done. They come back, ten times as slowly. */
const PATIENCE = 5;
const REST = 0.1;

/** What shows, in milliseconds, that too many are under way, and how much of it is aimed at; 0 for what does not matter. */
export interface Delays {
  /** How late turns of the event loop are. */
  readonly eventLoop: number;
  /** How long calls wait for their turn at the database because there are so many. */
  readonly database: number;
}

/**
 * How many requests may be under way at once. Each has its part in every turn of the event loop, or its
 * place in the line at the database: with fewer of them turns and line are shorter, and the same number
 * is done. So while one is longer than is aimed at, the limit falls in proportion; while neither is and
 * it is needed, it rises.
 */
export class ConcurrencyLimit {
  current: number;
  private patience = PATIENCE;
  private readonly turns = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly timer: NodeJS.Timeout | undefined;

  /** `underWay` says how many there are. */
  constructor(
    private readonly targets: Delays,
    underWay: () => number,
    databaseDelayMs: () => number,
  ) {
    const isLimited = targets.eventLoop > 0 || targets.database > 0;
    this.current = isLimited ? MOST : Infinity;
    if (!isLimited) return;
    this.turns.enable();
    this.timer = setInterval(() => {
      const eventLoop = this.turns.percentile(50) / 1e6 - RESOLUTION_MS;
      this.turns.reset();
      this.adjust({ eventLoop, database: databaseDelayMs() }, underWay());
    }, SAMPLE_MS).unref();
  }

  adjust(delays: Delays, underWay: number): void {
    const late = excessOf(delays.eventLoop, this.targets.eventLoop);
    const crowd = this.lasting(excessOf(delays.database, this.targets.database));
    if (late > 1 || crowd > 1) {
      const from = Math.min(this.current, underWay);
      this.current = Math.min(
        this.current,
        below(from, late, LEAST),
        below(from, crowd, LEAST_IN_CROWD),
      );
    } else if (underWay >= this.current / RISE) {
      this.current = Math.min(MOST, Math.ceil(this.current * RISE));
    }
  }

  stop(): void {
    clearInterval(this.timer);
    this.turns.disable();
  }

  /** The excess once it has lasted for as long as there is patience, 0 before. */
  private lasting(excess: number): number {
    const change = excess > 1 ? -1 : REST;
    this.patience = Math.min(PATIENCE, Math.max(0, this.patience + change));
    return this.patience === 0 ? excess : 0;
  }
}

function below(from: number, excess: number, least: number): number {
  if (excess <= 1) return Infinity;
  return Math.max(least, Math.floor(from * Math.max(STEEPEST_FALL, 1 / excess)));
}

const excessOf = (delay: number, target: number) => (target === 0 ? 0 : delay / target);
