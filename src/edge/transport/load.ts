import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import { ConcurrencyLimit } from './concurrency-limit.js';
import type { CountedResponse } from './counted-response.js';

const RESOLUTION_MS = 20;
const SAMPLE_MS = 500;
const SHARE_OF_CONTAINER = 0.9;
const SHARE_OF_HEAP = 0.95;
const MB = 1_048_576;
const MOMENT_MS = 10_000;
const TOO_MANY = 'requests under way';

export interface Measure {
  /** How late a turn of the event loop typically was since the last measure. */
  readonly eventLoopDelayMs: number;
  readonly rssBytes: number;
  /** Used heap as a share of what V8 may take before it ends the process. */
  readonly heapShare: number;
}

/**
 * Whether there is more to do than can be done: more requests under way than keep the turns of the
 * event loop and the line at the database short, or, by samples twice a second, a bound that is
 * exceeded. That takes two samples in a row, and of each the median: one long collection or a hiccup
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
  private count = 0;
  private readonly limit: ConcurrencyLimit;
  private refusedAt = -Infinity;

  constructor(
    private readonly config: Config,
    database: Database,
  ) {
    this.maxRssBytes = config.LOAD_MAX_RSS_MB * MB || containerShare();
    this.limit = new ConcurrencyLimit(
      {
        eventLoop: config.LOAD_TARGET_EVENT_LOOP_DELAY_MS,
        database: config.LOAD_TARGET_DATABASE_DELAY_MS,
      },
      () => this.count,
      () => database.crowdDelayMs,
    );
    this.delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.delays.enable();
    this.timer = setInterval(() => this.sample(this.measure()), SAMPLE_MS).unref();
  }

  /** What there is too much of for one more request; undefined while there is room. */
  get excess(): string | undefined {
    return this.reason ?? (this.count < this.limit.current ? undefined : TOO_MANY);
  }

  /** A request was refused for that excess: `refusesFor` says so for a moment. */
  noteRefusal(excess: string): void {
    if (excess === TOO_MANY) this.refusedAt = performance.now();
  }

  /** What new work is refused for, or was a moment ago. */
  get refusesFor(): string | undefined {
    const isRecent = performance.now() - this.refusedAt < MOMENT_MS;
    return this.reason ?? (isRecent ? TOO_MANY : undefined);
  }

  /** Requests that have no answer yet; of a stream, only its head counts. */
  get underWay(): number {
    return this.count;
  }

  /** Counts a request until its answer begins, or its client has left. */
  begin(response: CountedResponse): void {
    this.count++;
    response.isUnderWay = true;
    const end = () => {
      if (!response.isUnderWay) return;
      response.isUnderWay = false;
      if (!response.isSetAside) this.count--;
    };
    response.once('close', end);
    response.onHead = end;
  }

  /** Does not count a request while it waits for nothing but time, or few who are slowed would shut everybody out. */
  setAside(response: CountedResponse): void {
    if (response.isSetAside) return;
    response.isSetAside = true;
    if (response.isUnderWay) this.count--;
  }

  /** Counts it again. */
  takeUp(response: CountedResponse): void {
    if (!response.isSetAside) return;
    response.isSetAside = false;
    if (response.isUnderWay) this.count++;
  }

  sample(measure: Measure): void {
    const found = this.judge(measure);
    this.reason = found && this.wasOver ? found : undefined;
    this.wasOver = found !== undefined;
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.limit.stop();
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
