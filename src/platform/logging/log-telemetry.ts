import { Injectable } from '@nestjs/common';
import { HealthParts, type HealthPart } from '../telemetry/health-parts.js';
import { Metrics } from '../telemetry/metrics.js';
import { Log } from './log.js';

/** Shows what the log has written and could not: read when somebody asks, so that no line pays for it. */
@Injectable()
export class LogTelemetry {
  constructor(
    private readonly log: Log,
    metrics: Metrics,
    parts: HealthParts,
  ) {
    metrics.counter('aerie_log_lines_total', 'Lines logged.', ['level'], (lines) => {
      for (const [level, count] of log.output.counts) {
        lines.inc({ level: log.levels.labels[level] ?? 'other' }, count);
      }
    });
    metrics.counter(
      'aerie_log_lines_dropped_total',
      'Lines that could not be written in time.',
      ['output'],
      (lines) => {
        for (const [output, { dropped }] of Object.entries(log.output.sinks)) {
          lines.inc({ output }, dropped);
        }
      },
    );
    parts.add('logs', () => this.health);
  }

  private get health(): HealthPart {
    const sinks = Object.entries(this.log.output.sinks);
    const broken = sinks.filter(([, { trouble }]) => trouble !== undefined);
    return {
      status: broken.length > 0 ? 'degraded' : 'healthy',
      outputs: Object.fromEntries(sinks.map(([name, { trouble }]) => [name, trouble ?? 'written'])),
      dropped: sinks.reduce((sum, [, { dropped }]) => sum + dropped, 0),
    };
  }
}
