import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database/database';
import { HealthParts } from '#platform/telemetry/health-parts';
import { Metrics } from '#platform/telemetry/metrics';
import { Monitor } from '#platform/telemetry/monitor';
import { SEVERITIES } from './alert-rule.js';
import { AlertWatch } from './alert-watch.js';

/** What alerts add to metrics and health, and the series that only they ask for. */
@Injectable()
export class AlertSignals {
  constructor(
    metrics: Metrics,
    monitor: Monitor,
    watch: AlertWatch,
    database: Database,
    parts: HealthParts,
  ) {
    metrics.gauge(
      'aerie_alerts_active',
      'Alerts of this process that are not over, by severity.',
      ['severity'],
      (gauge) => {
        for (const severity of SEVERITIES) {
          const count = watch.active.filter((alert) => alert.severity === severity).length;
          gauge.set({ severity }, count);
        }
      },
    );
    // alerts say how others do, and are well themselves
    parts.add('alerts', () => ({
      status: 'healthy',
      active: watch.active.map(({ id, rule, severity, raisedAt }) => {
        return { id, rule, severity, raisedAt };
      }),
    }));
    const isRefused = () => (database.status.breaker === 'closed' ? 0 : 1);
    monitor.addSeries('databaseBreakerOpen', isRefused, 'max');
    metrics.gauge(
      'aerie_database_breaker_open',
      'Whether calls to the database are refused: 1 while they are.',
      [],
      (gauge) => gauge.set(isRefused()),
    );
  }
}
