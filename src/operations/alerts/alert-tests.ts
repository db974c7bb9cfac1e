import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { AlertDelivery } from './alert-delivery.js';
import { alertMessage } from './alert-message.js';
import { AlertWatch } from './alert-watch.js';
import { newAlert } from './alert.js';
import type { AlertTest } from './alerts.dto.js';
import { defaultRules } from './default-rules.js';
import { SecurityEvents } from '#platform/telemetry/security-events';

/** Shows that an alert would reach somebody, before one has to. */
@Injectable()
export class AlertTests {
  constructor(
    private readonly config: Config,
    private readonly watch: AlertWatch,
    private readonly delivery: AlertDelivery,
    private readonly events: SecurityEvents,
  ) {}

  async run(): Promise<AlertTest> {
    const [example] = defaultRules(this.config);
    const rule = { ...example!, title: 'This is a test, all is well' };
    const { instance } = this.watch;
    const alert = newAlert(rule, instance, 'medium', rule.threshold, new Date());
    const routes = await this.delivery.test(
      alertMessage('test', rule, alert, [instance], this.config),
    );
    const failed = routes.filter(({ outcome }) => outcome === 'failed').length;
    this.events.reportOfRequest('security.alert_tested', { routes: routes.length, failed });
    return { routes };
  }
}
