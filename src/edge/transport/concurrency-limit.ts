/** Also the first: what comes at once to a service that has rested is let in, unless it is a flood. */
const MOST = 1_000;
/** So many clients may ask one thing after the other without ever being refused, however late it is. */
const LEAST = 64;
/** By how much one sample may lower the limit, and raise it. */
const STEEPEST_FALL = 0.25;
const RISE = 1.1;

/**
 * How many requests may be under way at once. Each has its part in what they all wait for: with fewer
 * the wait is shorter, and the same number is done. So while it is longer than is aimed at, the limit
 * falls in proportion, and while it is not, it rises.
 */
export class ConcurrencyLimit {
  current = MOST;
  private sufferedSamples = 0;

  /** `patience` is for how many samples the wait may be too long before the limit falls from its height. */
  constructor(private readonly patience = 0) {}

  get isLowered(): boolean {
    return this.current < MOST;
  }

  /** `excess` is how long they wait, of how long is aimed at. */
  adjust(excess: number, underWay: number): void {
    if (excess <= 1) {
      this.sufferedSamples = 0;
      this.current = Math.min(MOST, Math.ceil(this.current * RISE));
      return;
    }
    if (!this.isLowered && this.sufferedSamples++ < this.patience) return;
    if (underWay > this.current) return; // what the last fall does has yet to show
    const fallen = Math.floor(underWay * Math.max(STEEPEST_FALL, 1 / excess));
    this.current = Math.min(this.current, Math.max(LEAST, fallen));
  }
}
