import { Injectable } from '@nestjs/common';
import { Metrics } from '#platform/telemetry/metrics';
import { Monitor } from '#platform/telemetry/monitor';
import { PartLooks } from '../health/part-looks.js';

const TICKS_BETWEEN_LOOKS = 3;
/** Each has rules of its own. */
const LEFT_OUT = new Set(['database', 'alerts']);

/** How many parts of the service are degraded or worse, as a series: looked at every fifteen seconds. */
@Injectable()
export class UnwellParts {
  private count: number | null = null;
  private ticks = 0;

  constructor(
    monitor: Monitor,
    metrics: Metrics,
    private readonly looks: PartLooks,
  ) {
    monitor.addSeries('unwellParts', () => this.count, 'max');
    metrics.gauge(
      'aerie_unwell_parts',
      'Parts of the service that are degraded or worse, the database aside.',
      [],
      (gauge) => gauge.set(this.count ?? 0),
    );
    monitor.onTick(() => {
      if (this.ticks++ % TICKS_BETWEEN_LOOKS === 0) void this.look();
    });
  }

  private async look(): Promise<void> {
    const parts = Object.entries(await this.looks.all());
    const unwell = parts.filter(
      ([name, { status }]) =>
        !LEFT_OUT.has(name) && (status === 'degraded' || status === 'unhealthy'),
    );
    this.count = unwell.length;
  }
}
