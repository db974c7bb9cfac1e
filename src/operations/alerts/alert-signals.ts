import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database/database';
import { Metrics } from '#platform/telemetry/metrics';
import { Monitor } from '#platform/telemetry/monitor';
import { SEVERITIES } from './alert-rule.js';
import { AlertWatch } from './alert-watch.js';

/** What alerts add to the metrics, and the series that only they ask for. */
@Injectable()
export class AlertSignals {
  constructor(metrics: Metrics, monitor: Monitor, watch: AlertWatch, database: Database) {
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
    monitor.addSeries(
      'databaseBreakerOpen',
      () => (database.status.breaker === 'closed' ? 0 : 1),
      'max',
    );
  }
}
