import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import type { Alert } from '#platform/database/generated/client';
import { pageOf } from '#platform/database/page';
import { Conflict, NotFound } from '#platform/errors/problems';
import { runbookOf } from './alert-message.js';
import { AlertRules } from './alert-rules.js';
import { AlertsPage, AlertsQuery, AlertView } from './alerts.dto.js';
import { AlertsRepository } from './alerts.repository.js';
import { SecurityEvents } from '#platform/telemetry/security-events';

/** The alerts of all processes, and what people do about them. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly config: Config,
    private readonly alerts: AlertsRepository,
    private readonly rules: AlertRules,
    private readonly events: SecurityEvents,
  ) {}

  async getPage({ state, cursor, limit }: AlertsQuery): Promise<AlertsPage> {
    const rows = await this.alerts.findPage(state === 'active', cursor, limit + 1);
    return pageOf(
      rows,
      limit,
      ({ id }) => id,
      (alert) => this.view(alert),
    );
  }

  /** Throws `NotFound`, and `Conflict` when it is over. */
  async acknowledge(id: string, by: string): Promise<AlertView> {
    const alert = await this.get(id);
    if (alert.resolvedAt) throw new Conflict({ detail: 'The alert is over.' });
    if (await this.alerts.acknowledge(id, by, new Date())) {
      this.events.reportOfRequest('security.alert_acknowledged', { alert: id, rule: alert.rule });
    }
    return this.view(await this.get(id));
  }

  /** Keeps people from being told of the rule of the alert, in every process. */
  async silence(id: string, forSeconds: number): Promise<AlertView> {
    const { rule } = await this.get(id);
    const until = forSeconds === 0 ? null : new Date(Date.now() + forSeconds * 1_000);
    await this.rules.silence(rule, until);
    this.events.reportOfRequest('security.alert_silenced', { rule, forSeconds });
    return this.view(await this.get(id));
  }

  view(alert: Alert): AlertView {
    return AlertView.of(alert, {
      title: this.rules.find(alert.rule)?.title ?? alert.rule,
      silencedUntil: this.rules.silencedUntil(alert.rule, new Date()),
      runbook: runbookOf(alert.rule, this.config),
    });
  }

  private async get(id: string): Promise<Alert> {
    const alert = await this.alerts.find(id);
    if (!alert) throw new NotFound();
    return alert;
  }
}
