import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

/** How late turns of the event loop are, typically: one long collection does not show. */
export class LoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.histogram.enable();
  }

  /** The median since it was last asked for, in milliseconds. */
  take(): number {
    const medianMs = this.histogram.percentile(50) / 1e6;
    this.histogram.reset();
    return medianMs - RESOLUTION_MS;
  }

  stop(): void {
    this.histogram.disable();
  }
}
