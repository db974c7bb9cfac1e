import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { LatencyHistogram } from './latency-histogram.js';
import { MonitoredSeries, type Read } from './monitored-series.js';
import { ProcessLoad } from './process-load.js';
import { RollingWindows, type Tally } from './rolling-windows.js';
import type { MinuteOf, Resolution } from './series-history.js';
import { STATUS_CLASSES, StatusCounts, type StatusClass } from './status-counts.js';

export const SLOT_SECONDS = 5;
const SLOT_MS = SLOT_SECONDS * 1_000;
const SLOTS_PER_MINUTE = 60 / SLOT_SECONDS;
/** How far `snapshot()` looks back at most. */
export const LONGEST_WINDOW_SECONDS = 300;

/** The values of every series at the end of one slot. */
export interface MonitorPoint {
  /** By the wall clock: a label, nothing is computed from it. */
  readonly endsAt: Date;
  /** By the monotonic clock, since the monitor began: for whoever computes with time. */
  readonly seconds: number;
  readonly values: Readonly<Record<string, number | null>>;
}

export interface MonitorHistory {
  readonly resolutionSeconds: number;
  /** When the last value of each series was taken; the others lie `resolutionSeconds` apart. */
  readonly endsAt: Date;
  /** Oldest first, all of one length; null where nothing is known. */
  readonly series: Record<string, (number | null)[]>;
}

export interface MonitorSnapshot {
  readonly windowSeconds: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Answers 5xx and 4xx of all; null without any request. */
  readonly errorRatio: number | null;
  readonly clientErrorRatio: number | null;
  readonly byStatus: Readonly<Record<StatusClass, number>>;
  readonly latencyMs: Readonly<Record<'p50' | 'p95' | 'p99' | 'max', number | null>>;
  /** Every series as it was at the end of the last slot. */
  readonly latest: Readonly<Record<string, number | null>>;
}

/**
 * What happened lately, in this process: an hour at five seconds and a day at a minute, in memory that
 * does not grow. Slots are cut by the monotonic clock, so that setting the time harms nothing. Nobody
 * but the edge observes requests; whoever has something worth watching adds a series of its own.
 */
@Injectable()
export class Monitor implements OnApplicationShutdown {
  private readonly startedAt = performance.now();
  private closedSlots = 0;
  private readonly windows: RollingWindows<never>[] = [];
  private readonly series = new MonitoredSeries((error, series) =>
    this.log.error({ err: error, series }, 'a series of the monitor cannot be read'),
  );
  private readonly statuses = this.addWindows(() => new StatusCounts());
  private readonly latencies = this.addLatency('latency');
  private readonly listeners = new Set<(point: MonitorPoint) => void>();
  private readonly load: ProcessLoad;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    config: Config,
    private readonly log: Log,
  ) {
    this.load = new ProcessLoad(config.LOAD_MAX_RSS_MB);
    this.addRequestSeries();
    this.addLastMinuteSeries();
    this.addProcessSeries();
    this.awaitSlot();
  }

  /** Counts one answered request. */
  observe(durationMs: number, status: number): void {
    this.latencies.current.observe(durationMs);
    this.statuses.current.observe(status);
  }

  /**
   * Adds a series, read at the end of each slot: never slow, never waiting. Names are camel case and
   * end in their unit (`queueDeadJobs`, `cacheHitRatio`). Call it at construction.
   */
  addSeries(name: string, read: Read, minute: MinuteOf = 'mean'): void {
    this.series.add(name, read, minute);
  }

  /** Adds `NAMEP50Ms`, `NAMEP95Ms` and `NAMEP99Ms`; `.current.observe(ms)` of what it returns counts. */
  addLatency(name: string): RollingWindows<LatencyHistogram> {
    const windows = this.addWindows(() => new LatencyHistogram());
    for (const [suffix, share] of [
      ['P50Ms', 0.5],
      ['P95Ms', 0.95],
      ['P99Ms', 0.99],
    ] as const) {
      this.series.add(
        name + suffix,
        () => windows.current.percentileMs(share),
        () => windows.currentMinute.percentileMs(share),
      );
    }
    return windows;
  }

  get seriesNames(): string[] {
    return this.series.names;
  }

  /** The value of a series at the end of the last slot. */
  latest(name: string): number | null {
    return this.series.latestOf(name);
  }

  /** What happened in the last seconds, at most five minutes, the slot that is open included. */
  snapshot(windowSeconds: number): MonitorSnapshot {
    const seconds = Math.min(windowSeconds, LONGEST_WINDOW_SECONDS);
    const slots = Math.min(Math.max(Math.round(seconds / SLOT_SECONDS) - 1, 0), this.closedSlots);
    const statuses = this.statuses.last(slots);
    const latency = this.latencies.last(slots);
    const coveredMs = performance.now() - this.startedAt - (this.closedSlots - slots) * SLOT_MS;
    return {
      windowSeconds: seconds,
      requests: statuses.total,
      requestsPerSecond: coveredMs > 0 ? (statuses.total * 1_000) / coveredMs : 0,
      errorRatio: statuses.ratioOf('5xx'),
      clientErrorRatio: statuses.ratioOf('4xx'),
      byStatus: Object.fromEntries(
        STATUS_CLASSES.map((each) => [each, statuses.of(each)]),
      ) as Record<StatusClass, number>,
      latencyMs: {
        p50: latency.percentileMs(0.5),
        p95: latency.percentileMs(0.95),
        p99: latency.percentileMs(0.99),
        max: latency.count === 0 ? null : latency.maxMs,
      },
      latest: this.series.latest(),
    };
  }

  /** The past of the named series, or of all; names that there are not are left out. */
  history(resolution: Resolution, names: readonly string[] = this.seriesNames): MonitorHistory {
    const resolutionSeconds = resolution === '5s' ? SLOT_SECONDS : 60;
    const slotsPerPoint = resolutionSeconds / SLOT_SECONDS;
    const pointsEnded = Math.floor(this.closedSlots / slotsPerPoint);
    const agoMs = performance.now() - this.startedAt - pointsEnded * resolutionSeconds * 1_000;
    return {
      resolutionSeconds,
      endsAt: new Date(Date.now() - agoMs),
      series: this.series.past(resolution, names),
    };
  }

  /** Calls the listener at the end of each slot, every five seconds. Returns how to stop that. */
  onTick(listener: (point: MonitorPoint) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** What all that is kept takes in memory, give or take some objects. */
  get bytes(): number {
    const windows = this.windows.reduce((sum, { bytes }) => sum + bytes, 0);
    return windows + this.series.bytes;
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.load.stop();
    this.listeners.clear();
  }

  private addRequestSeries(): void {
    const { statuses } = this;
    this.series.add(
      'requestsPerSecond',
      () => statuses.current.total / SLOT_SECONDS,
      () => statuses.currentMinute.total / 60,
    );
    for (const [name, statusClass] of [
      ['errorRatio', '5xx'],
      ['clientErrorRatio', '4xx'],
    ] as const) {
      this.series.add(
        name,
        () => statuses.current.ratioOf(statusClass),
        () => statuses.currentMinute.ratioOf(statusClass),
      );
    }
  }

  /** What rules go by: of five seconds a single slow request would be all. */
  private addLastMinuteSeries(): void {
    const slotsBefore = SLOTS_PER_MINUTE - 1;
    this.addSeries('lastMinuteRequests', () => this.statuses.last(slotsBefore).total, 'max');
    this.addSeries(
      'lastMinuteErrorRatio',
      () => this.statuses.last(slotsBefore).ratioOf('5xx'),
      'max',
    );
    this.addSeries(
      'lastMinuteLatencyP95Ms',
      () => this.latencies.last(slotsBefore).percentileMs(0.95),
      'max',
    );
  }

  private addProcessSeries(): void {
    let sample = this.load.sample();
    // read first of them, so that all are of one sample
    this.addSeries('memoryRatio', () => (sample = this.load.sample()).memoryRatio, 'max');
    this.addSeries('memoryRssBytes', () => sample.rssBytes, 'max');
    this.addSeries('memoryHeapBytes', () => sample.heapUsedBytes, 'max');
    this.addSeries('cpuRatio', () => sample.cpuRatio);
    this.addSeries('eventLoopDelayP99Ms', () => sample.eventLoopDelayP99Ms, 'max');
    this.addSeries('eventLoopUtilisation', () => sample.eventLoopUtilisation);
    this.addSeries('uptimeSeconds', () => process.uptime(), 'max');
  }

  private addWindows<T extends Tally<T>>(make: () => T): RollingWindows<T> {
    const windows = new RollingWindows(make, LONGEST_WINDOW_SECONDS / SLOT_SECONDS);
    this.windows.push(windows as never);
    return windows;
  }

  private awaitSlot(): void {
    const dueAt = this.startedAt + (this.closedSlots + 1) * SLOT_MS;
    const waitMs = Math.min(Math.max(0, dueAt - performance.now()), SLOT_MS);
    this.timer = setTimeout(() => this.tick(), waitMs).unref();
  }

  private tick(): void {
    const due = Math.floor((performance.now() - this.startedAt) / SLOT_MS);
    if (due > this.closedSlots) {
      // nothing is known of the time in which the process was held up; what shows it belongs to its end
      while (this.closedSlots < due - 1) this.skipSlot();
      this.closeSlot();
      this.tell();
    }
    this.awaitSlot();
  }

  private closeSlot(): void {
    this.series.closeSlot();
    for (const windows of this.windows) windows.closeSlot();
    this.endSlot();
  }

  private skipSlot(): void {
    this.series.skipSlot();
    for (const windows of this.windows) windows.skipSlot();
    this.endSlot();
  }

  private endSlot(): void {
    this.closedSlots++;
    if (this.closedSlots % SLOTS_PER_MINUTE !== 0) return;
    this.series.closeMinute();
    for (const windows of this.windows) windows.closeMinute();
  }

  private tell(): void {
    const point = {
      endsAt: new Date(),
      seconds: this.closedSlots * SLOT_SECONDS,
      values: this.series.latest(),
    };
    for (const listener of this.listeners) {
      try {
        listener(point);
      } catch (error) {
        this.log.error({ err: error }, 'a listener of the monitor failed');
      }
    }
  }
}
