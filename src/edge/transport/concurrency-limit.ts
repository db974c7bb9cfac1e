import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const SAMPLE_MS = 100;
/** Also the first: what comes at once to a service that has rested is let in, unless it is a flood. */
const MOST = 1_000;
/** So many clients may ask one thing after the other without ever being refused, however late it is. */
const LEAST = 64;
/** By how much one sample may lower the limit, and raise it. */
const STEEPEST_FALL = 0.25;
const RISE = 1.1;

/**
 * How many requests may be under way at once. Each has its part in every turn of the event loop: with
 * fewer of them turns are shorter, and the same number is done. So while turns are longer than is
 * aimed at, the limit falls in proportion; while they are not and it is needed, it rises.
 */
export class ConcurrencyLimit {
  current: number;
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly timer: NodeJS.Timeout | undefined;

  /** `underWay` says how many there are. A target of 0 is for no limit. */
  constructor(
    private readonly targetDelayMs: number,
    underWay: () => number,
  ) {
    this.current = targetDelayMs === 0 ? Infinity : MOST;
    if (targetDelayMs === 0) return;
    this.delays.enable();
    this.timer = setInterval(() => {
      const delayMs = this.delays.percentile(50) / 1e6 - RESOLUTION_MS;
      this.delays.reset();
      this.adjust(delayMs, underWay());
    }, SAMPLE_MS).unref();
  }

  adjust(delayMs: number, underWay: number): void {
    if (delayMs > this.targetDelayMs) {
      const fall = Math.max(STEEPEST_FALL, this.targetDelayMs / delayMs);
      this.current = Math.max(LEAST, Math.floor(Math.min(this.current, underWay) * fall));
    } else if (underWay >= this.current / RISE) {
      this.current = Math.min(MOST, Math.ceil(this.current * RISE));
    }
  }

  stop(): void {
    clearInterval(this.timer);
    this.delays.disable();
  }
}
