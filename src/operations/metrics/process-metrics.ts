import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { version } from '#platform/config/version';
import { Metrics } from '#platform/telemetry/metrics';
import { Monitor } from '#platform/telemetry/monitor';

/** Gauges with the name of a counter, which `promtool check metrics` refuses. */
const MISNAMED = new Set([
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]);

/** What prom-client knows of the process: made once, however many applications it holds. */
let ofProcess: Registry | undefined;

/** CPU, memory, event loop, garbage collection, open files, under the names that every dashboard knows. */
@Injectable()
export class ProcessMetrics {
  constructor(metrics: Metrics, monitor: Monitor) {
    for (const { name } of processRegistry().getMetricsAsArray()) {
      if (MISNAMED.has(name)) continue;
      metrics.registry.registerMetric(processRegistry().getSingleMetric(name)!);
    }
    metrics.gauge(
      'aerie_build_info',
      'Always 1; the labels say what runs.',
      ['version', 'node'],
      (gauge) => gauge.set({ version, node: process.version }, 1),
    );
    metrics.gauge(
      'aerie_event_loop_utilization_ratio',
      'Share of the last five seconds in which the event loop was at work.',
      [],
      (gauge) => gauge.set(monitor.latest('eventLoopUtilisation') ?? 0),
    );
    metrics.gauge(
      'aerie_memory_utilization_ratio',
      'Share of the memory, or of the heap, whose limit would end the process first.',
      [],
      (gauge) => gauge.set(monitor.latest('memoryRatio') ?? 0),
    );
    metrics.gauge(
      'aerie_cpu_utilization_ratio',
      'Share of the processors that the process may use, over the last five seconds.',
      [],
      (gauge) => gauge.set(monitor.latest('cpuRatio') ?? 0),
    );
  }
}

function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: 20 });
  }
  return ofProcess;
}
