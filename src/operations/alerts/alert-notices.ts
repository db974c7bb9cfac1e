import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import type { Alert } from '#platform/database/generated/client';
import { AlertDelivery } from './alert-delivery.js';
import { alertMessage, type AlertEvent } from './alert-message.js';
import { isWorse } from './alert-rule.js';
import type { Told } from './alert-rules.repository.js';
import { AlertRules } from './alert-rules.js';
import { AlertsRepository } from './alerts.repository.js';

/**
 * Tells people, once, however many processes see the same: what they were told stands in the database,
 * and who notes it there first tells them. Without the database each process tells for itself.
 */
@Injectable()
export class AlertNotices {
  /** What this process told by itself and the database does not know yet. */
  private readonly toldAlone = new Map<string, Told>();

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly rules: AlertRules,
    private readonly alerts: AlertsRepository,
    private readonly delivery: AlertDelivery,
  ) {}

  /** Tells what is new of the alerts of this process, and what is over anywhere. Throws `DatabaseUnavailable`. */
  async tell(own: readonly Alert[], now: Date): Promise<void> {
    const isAhead = this.toldAlone.size > 0;
    for (const [rule, told] of this.toldAlone) {
      await this.rules.claim(rule, told);
      this.toldAlone.delete(rule);
    }
    if (isAhead) await this.rules.reload();
    const due = own.filter((alert) => this.eventDue(alert, now) !== null);
    const { notToldOver } = this.rules;
    if (due.length === 0 && notToldOver.length === 0) return;
    const active = await this.alerts.findActive();
    for (const alert of due) {
      const instances = active.filter(({ rule }) => rule === alert.rule).map((one) => one.instance);
      await this.post(alert, this.eventDue(alert, now), toldNow(alert, now), instances);
    }
    for (const rule of notToldOver) {
      if (!active.some((alert) => alert.rule === rule)) await this.tellOver(rule, now);
    }
  }

  /** For when the database is away, which is what matters most. */
  tellAlone(own: readonly Alert[], now: Date): void {
    for (const alert of own) {
      const event = this.eventDue(alert, now);
      const rule = this.rules.find(alert.rule);
      if (!event || !rule) continue;
      this.toldAlone.set(alert.rule, toldNow(alert, now));
      this.delivery.sendDirectly(alertMessage(event, rule, alert, [alert.instance], this.config));
    }
  }

  private async tellOver(ruleId: string, now: Date): Promise<void> {
    const last = await this.alerts.findLatest(ruleId);
    const told = { ...this.rules.toldOf(ruleId)!, isToldOver: true };
    if (!last || this.rules.silencedUntil(ruleId, now)) await this.rules.claim(ruleId, told);
    else await this.post(last, 'resolved', told, [last.instance]);
  }

  /** The note and the message are committed together, so that neither is without the other. */
  private async post(
    alert: Alert,
    event: AlertEvent | null,
    told: Told,
    instances: string[],
  ): Promise<void> {
    const rule = this.rules.find(alert.rule);
    await this.database.transaction(async () => {
      if (!(await this.rules.claim(alert.rule, told)) || !rule || !event) return;
      await this.delivery.send(alertMessage(event, rule, alert, instances, this.config));
    });
    await this.rules.reload(); // whoever was first, it is noted now
  }

  /** What there is to tell of an active alert; null when people know it, or do not want to. */
  private eventDue(alert: Alert, now: Date): AlertEvent | null {
    if (this.rules.silencedUntil(alert.rule, now)) return null;
    const told = this.toldAlone.get(alert.rule) ?? this.rules.toldOf(alert.rule);
    if (!told?.toldAt || !told.toldSeverity) return 'raised';
    const sinceMs = now.getTime() - told.toldAt.getTime();
    const isMore = isWorse(alert.severity, told.toldSeverity);
    if (told.isToldOver)
      return isMore || sinceMs >= this.config.ALERT_SUPPRESSION ? 'raised' : null;
    if (isMore) return 'escalated';
    const { ALERT_REPEAT: repeatMs } = this.config;
    const isForgotten = repeatMs > 0 && alert.acknowledgedAt === null && sinceMs >= repeatMs;
    return isForgotten ? 'reminder' : null;
  }
}

function toldNow({ severity }: Alert, now: Date): Told {
  return { toldAt: now, toldSeverity: severity, isToldOver: false };
}
