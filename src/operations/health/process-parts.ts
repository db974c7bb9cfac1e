import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Load, type Excess } from '#edge/transport/load';
import { HealthParts, type HealthPart } from '#platform/telemetry/health-parts';
import { Monitor } from '#platform/telemetry/monitor';
import { runbook } from '#platform/telemetry/runbooks';

const WINDOW_SECONDS = 60;

/** What the process itself takes and does. Degraded is what makes it refuse new work. */
@Injectable()
export class ProcessParts {
  constructor(
    parts: HealthParts,
    private readonly monitor: Monitor,
    private readonly load: Load,
  ) {
    parts.add('memory', () => this.memory());
    parts.add('cpu', () => this.cpu());
    parts.add('requests', () => this.requests());
  }

  private memory(): HealthPart {
    const { rss, heapUsed } = process.memoryUsage();
    const usedRatio = this.monitor.latest('memoryRatio');
    return {
      ...this.refusing('memory'),
      runbook: runbook('memory'),
      usedRatio,
      rssBytes: rss,
      heapUsedBytes: heapUsed,
    };
  }

  private cpu(): HealthPart {
    return {
      ...this.refusing('event loop'),
      runbook: runbook('event-loop'),
      usedRatio: this.monitor.latest('cpuRatio'),
      eventLoopDelayMs: this.monitor.latest('eventLoopDelayP99Ms'),
      cores: availableParallelism(),
    };
  }

  /** Of the last minute; probes and this console do not count. */
  private requests(): HealthPart {
    const { requestsPerSecond, errorRatio, latencyMs } = this.monitor.snapshot(WINDOW_SECONDS);
    const { p50, p95, p99 } = latencyMs;
    return {
      ...this.refusing('requests under way', 'requests for one route'),
      runbook: runbook('overload'),
      perSecond: requestsPerSecond,
      errorRatio,
      p50Ms: p50,
      p95Ms: p95,
      p99Ms: p99,
    };
  }

  private refusing(...excesses: Excess[]): HealthPart {
    if (!excesses.some((excess) => this.load.refusesFor(excess))) return { status: 'healthy' };
    return { status: 'degraded', reason: 'new work is refused' };
  }
}
