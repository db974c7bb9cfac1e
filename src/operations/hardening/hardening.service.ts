import { Injectable } from '@nestjs/common';
import type { DetailedHealth } from '#operations/health/health.dto';
import { HealthService } from '#operations/health/health.service';
import { EffectiveConfig } from '#platform/config/effective-config';
import { Monitor } from '#platform/telemetry/monitor';
import type {
  ConfigReport,
  HistoryQuery,
  MetricsReport,
  SecurityReport,
  SeriesHistoryView,
} from './hardening.dto.js';
import { Protections } from './protections.js';
import { SecurityTally } from './security-tally.js';

@Injectable()
export class HardeningService {
  constructor(
    private readonly monitor: Monitor,
    private readonly health: HealthService,
    private readonly effective: EffectiveConfig,
    private readonly protections: Protections,
    private readonly tally: SecurityTally,
  ) {}

  getMetrics(): MetricsReport {
    return {
      uptimeSeconds: Math.round(process.uptime()),
      lastMinute: this.monitor.snapshot(60),
      lastFiveMinutes: this.monitor.snapshot(300),
    };
  }

  getHistory({ resolution }: HistoryQuery): SeriesHistoryView {
    return this.monitor.history(resolution);
  }

  getSecurity(): SecurityReport {
    const { since, recent } = this.tally;
    const items = recent.map(({ time, action, address, actor, requestId, metadata }) => ({
      time,
      action,
      address,
      actor,
      requestId,
      metadata,
    }));
    return { since, protections: this.protections.list(), recent: items };
  }

  getHealth(): Promise<DetailedHealth> {
    return this.health.getDetails();
  }

  getConfig(): ConfigReport {
    return { items: [...this.effective.values] };
  }
}
