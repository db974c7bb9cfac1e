import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '#platform/config/config';

const RESOLUTION_MS = 20;
const SAMPLE_MS = 500;
const SHARE_OF_CONTAINER = 0.9;
const SHARE_OF_HEAP = 0.95;
const MB = 1_048_576;

export interface Measure {
  /** How late a turn of the event loop typically was since the last measure. */
  readonly eventLoopDelayMs: number;
  readonly rssBytes: number;
  /** Used heap as a share of what V8 may take before it ends the process. */
  readonly heapShare: number;
}

/**
 * Whether there is more to do than can be done, sampled twice a second so that a request only reads
 * a boolean. It takes two samples in a row, and of each the median: one long collection or a hiccup
 * of the machine is over before anybody is helped by a refusal. A turn that is a second late makes a
 * request, which takes several, slower than the five seconds that raise an alert.
 */
@Injectable()
export class Load implements OnApplicationShutdown {
  private readonly delays: IntervalHistogram;
  private readonly timer: NodeJS.Timeout;
  private readonly maxRssBytes: number;
  private wasOver = false;
  private reason: string | undefined;

  constructor(private readonly config: Config) {
    this.maxRssBytes = config.LOAD_MAX_RSS_MB * MB || containerShare();
    this.delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.delays.enable();
    this.timer = setInterval(() => this.sample(this.measure()), SAMPLE_MS).unref();
  }

  /** What there is too much of; undefined while there is room. */
  get excess(): string | undefined {
    return this.reason;
  }

  sample(measure: Measure): void {
    const found = this.judge(measure);
    this.reason = found && this.wasOver ? found : undefined;
    this.wasOver = found !== undefined;
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.delays.disable();
  }

  private judge({ eventLoopDelayMs, rssBytes, heapShare }: Measure): string | undefined {
    if (eventLoopDelayMs > this.config.LOAD_MAX_EVENT_LOOP_DELAY_MS) return 'event loop';
    if (rssBytes > this.maxRssBytes || heapShare > SHARE_OF_HEAP) return 'memory';
    return undefined;
  }

  private measure(): Measure {
    const medianMs = this.delays.percentile(50) / 1e6;
    this.delays.reset();
    const heap = getHeapStatistics();
    return {
      eventLoopDelayMs: medianMs - RESOLUTION_MS,
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
