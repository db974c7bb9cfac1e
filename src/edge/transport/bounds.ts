import { getHeapStatistics } from 'node:v8';
import type { Config } from '#platform/config/config';
import { LoopDelay } from './loop-delay.js';

const SAMPLE_MS = 500;
const SHARE_OF_CONTAINER = 0.9;
const SHARE_OF_HEAP = 0.95;
const MB = 1_048_576;

export interface Measure {
  /** How late a turn of the event loop typically was since the last measure, with what waits for one. */
  readonly eventLoopDelayMs: number;
  readonly rssBytes: number;
  /** Used heap as a share of what V8 may take before it ends the process. */
  readonly heapShare: number;
}

/**
 * Bounds beyond which nothing new is let in, by samples twice a second: two in a row, and of each the
 * median, since a hiccup of the machine is over before anybody is helped by a refusal. A turn that is
 * a second late makes a request, which takes several, slower than the five seconds that raise an alert.
 */
export class Bounds {
  private readonly maxEventLoopDelayMs: number;
  private readonly maxRssBytes: number;
  private readonly delay = new LoopDelay();
  private readonly timer: NodeJS.Timeout;
  private wasOver = false;
  private found: 'event loop' | 'memory' | undefined;

  constructor(
    config: Config,
    private readonly turnstile: { readonly delayMs: number },
  ) {
    this.maxEventLoopDelayMs = config.LOAD_MAX_EVENT_LOOP_DELAY_MS;
    this.maxRssBytes = config.LOAD_MAX_RSS_MB * MB || containerShare();
    this.timer = setInterval(() => this.sample(this.measure()), SAMPLE_MS).unref();
  }

  /** What is beyond its bound. */
  get exceeded(): 'event loop' | 'memory' | undefined {
    return this.found;
  }

  sample(measure: Measure): void {
    const found = this.judge(measure);
    this.found = this.wasOver ? found : undefined;
    this.wasOver = found !== undefined;
  }

  stop(): void {
    clearInterval(this.timer);
    this.delay.stop();
  }

  private judge({ eventLoopDelayMs, rssBytes, heapShare }: Measure) {
    if (eventLoopDelayMs > this.maxEventLoopDelayMs) return 'event loop';
    if (rssBytes > this.maxRssBytes || heapShare > SHARE_OF_HEAP) return 'memory';
    return undefined;
  }

  private measure(): Measure {
    const heap = getHeapStatistics();
    return {
      eventLoopDelayMs: this.delay.take() + this.turnstile.delayMs,
      rssBytes: process.memoryUsage.rss(),
      heapShare: heap.used_heap_size / heap.heap_size_limit,
    };
  }
}

/** Nothing, or more than a machine has, stands for no limit. */
function containerShare(): number {
  const limit = process.constrainedMemory();
  return limit ? limit * SHARE_OF_CONTAINER : Infinity;
}
