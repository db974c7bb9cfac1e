import { availableParallelism, totalmem } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

const RESOLUTION_MS = 20;
const MB = 1_048_576;

/** What the process takes of what it may have, measured since the sample before. */
export interface ProcessSample {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** Of the bound that would end the process first: its memory of the container’s, or its heap of V8’s. */
  readonly memoryRatio: number;
  /** Of all processors that it may use. */
  readonly cpuRatio: number;
  /** How late the latest turns of the event loop were. */
  readonly eventLoopDelayP99Ms: number;
  /** The share of the time in which the event loop was at work. */
  readonly eventLoopUtilisation: number;
}

/** Reads how busy the process is. Only one may sample it: what is measured begins anew each time. */
export class ProcessLoad {
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly memoryLimitBytes: number;
  private utilisation = performance.eventLoopUtilization();
  private cpu = process.cpuUsage();
  private sampledAt = performance.now();

  /** A limit of zero takes the container’s, or else the machine’s memory. */
  constructor(limitMb: number) {
    this.memoryLimitBytes = limitMb * MB || memoryOfContainer();
    this.delays.enable();
  }

  sample(): ProcessSample {
    const rssBytes = process.memoryUsage.rss();
    const heap = getHeapStatistics();
    const shareOfLimit = rssBytes / this.memoryLimitBytes;
    return {
      rssBytes,
      heapUsedBytes: heap.used_heap_size,
      memoryRatio: Math.max(shareOfLimit, heap.used_heap_size / heap.heap_size_limit),
      cpuRatio: this.cpuRatio(),
      eventLoopDelayP99Ms: this.delayMs(),
      eventLoopUtilisation: this.busyShare(),
    };
  }

  stop(): void {
    this.delays.disable();
  }

  private cpuRatio(): number {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.cpu);
    const elapsedMs = now - this.sampledAt;
    this.cpu = process.cpuUsage();
    this.sampledAt = now;
    return elapsedMs > 0 ? (user + system) / 1_000 / elapsedMs / availableParallelism() : 0;
  }

  private delayMs(): number {
    const delayMs = this.delays.percentile(99) / 1e6 - RESOLUTION_MS;
    this.delays.reset();
    return Math.max(0, delayMs);
  }

  private busyShare(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.utilisation);
    this.utilisation = now;
    return utilization;
  }
}

/** Nothing, or more than the machine has, stands for no limit of the container’s. */
function memoryOfContainer(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
