import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import type { Alert } from '#platform/database/generated/client';
import { Log } from '#platform/logging/log';
import type { MonitorPoint } from '#platform/telemetry/monitor';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { newAlert, type OwnAlert } from './alert.js';
import { isWorseValue, type AlertRule } from './alert-rule.js';
import { AlertRules } from './alert-rules.js';
import { RuleWatch, type Transition } from './rule-watch.js';

/**
 * Follows every rule in this process, in memory: raises, escalates and resolves whether or not there
 * is a database. `AlertUpkeep` writes down and tells what comes of it.
 */
@Injectable()
export class AlertWatch {
  readonly instance: string;
  private readonly watches = new Map<string, RuleWatch>();
  /** The last alert of each rule, active or over. */
  private readonly alerts = new Map<string, OwnAlert>();
  private readonly changed = new Set<OwnAlert>();

  constructor(
    private readonly config: Config,
    private readonly rules: AlertRules,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {
    this.instance = config.INSTANCE_NAME ?? `${hostname()}:${config.PORT}`;
  }

  /** The alerts of this process that are not over. */
  get active(): readonly Alert[] {
    return [...this.alerts.values()].filter(({ resolvedAt }) => resolvedAt === null);
  }

  /** Compares every rule with what the monitor knows at the end of a slot. */
  step({ values, seconds, endsAt }: MonitorPoint): void {
    const lastMinuteRequests = values['lastMinuteRequests'] ?? null;
    const inForce = this.rules.all.filter(({ isEnabled }) => isEnabled);
    for (const rule of inForce) {
      const value = values[rule.series] ?? null;
      const watch = this.watches.get(rule.id) ?? new RuleWatch();
      this.watches.set(rule.id, watch);
      const transition = watch.step(rule, { value, lastMinuteRequests }, seconds);
      this.keepWorst(rule, value);
      if (transition) this.apply(transition, rule, value, endsAt);
    }
    const ids = new Set(inForce.map(({ id }) => id));
    for (const id of this.watches.keys()) if (!ids.has(id)) this.drop(id, endsAt);
  }

  /** Takes up the alerts that this process had before it was started anew. */
  restore(rows: readonly Alert[]): void {
    for (const row of rows) {
      const mine = this.alerts.get(row.rule);
      if (mine && mine.resolvedAt === null) {
        // raised again before there was a database to look into
        const { id, raisedAt, occurrences, acknowledgedAt, acknowledgedBy } = row;
        Object.assign(mine, { id, raisedAt, occurrences, acknowledgedAt, acknowledgedBy });
      } else {
        this.alerts.set(row.rule, { ...row });
        this.watches.set(row.rule, new RuleWatch(row.severity));
      }
    }
  }

  /** Takes over what people did to alerts, wherever they did it. */
  noteAcknowledged(rows: readonly Alert[]): void {
    for (const { id, rule, acknowledgedAt, acknowledgedBy } of rows) {
      const mine = this.alerts.get(rule);
      if (mine?.id === id) Object.assign(mine, { acknowledgedAt, acknowledgedBy });
    }
  }

  markSeen(now: Date): void {
    for (const alert of this.alerts.values()) {
      if (alert.resolvedAt !== null) continue;
      alert.seenAt = now;
      this.changed.add(alert);
    }
  }

  /** Writes down what has changed. What cannot be written stays to be written. */
  async saveChanged(save: (alert: Alert) => Promise<void>): Promise<void> {
    for (const alert of this.changed) {
      this.changed.delete(alert);
      try {
        await save({ ...alert });
      } catch (error) {
        this.changed.add(alert);
        throw error;
      }
    }
  }

  private apply(transition: Transition, rule: AlertRule, value: number | null, now: Date): void {
    if (transition === 'resolved') return this.resolve(rule.id, now);
    const { severity } = this.watches.get(rule.id)!;
    const last = this.alerts.get(rule.id);
    const alert = this.isBack(last, now)
      ? last
      : newAlert(rule, this.instance, severity!, value ?? rule.threshold, now);
    if (alert === last && transition === 'raised') last.occurrences++;
    Object.assign(alert, { severity, seenAt: now, resolvedAt: null });
    this.alerts.set(rule.id, alert);
    this.changed.add(alert);
    this.say(transition, alert, value);
  }

  /** Whether it is the last alert that goes on, or that came back before anybody could forget it. */
  private isBack(last: OwnAlert | undefined, now: Date): last is OwnAlert {
    if (!last) return false;
    const { resolvedAt } = last;
    return (
      resolvedAt === null || now.getTime() - resolvedAt.getTime() < this.config.ALERT_SUPPRESSION
    );
  }

  private resolve(ruleId: string, now: Date): void {
    const alert = this.alerts.get(ruleId);
    if (!alert || alert.resolvedAt !== null) return;
    Object.assign(alert, { seenAt: now, resolvedAt: now });
    this.changed.add(alert);
    this.say('resolved', alert, null);
  }

  /** A rule that was switched off or removed has no alert any more. */
  private drop(ruleId: string, now: Date): void {
    this.watches.delete(ruleId);
    this.resolve(ruleId, now);
  }

  private keepWorst(rule: AlertRule, value: number | null): void {
    const alert = this.alerts.get(rule.id);
    if (value === null || !alert || alert.resolvedAt !== null) return;
    if (isWorseValue(rule, value, alert.value)) alert.value = value;
  }

  /** The log is told at once, each time; the trail of critical ones. */
  private say(transition: Transition, alert: Alert, value: number | null): void {
    const { id, rule, severity, threshold } = alert;
    const facts = { alert: id, rule, severity, value: value ?? alert.value, threshold };
    if (transition === 'resolved') this.log.info(facts, 'an alert is over');
    else this.log.warn(facts, `an alert is ${transition}`);
    if (severity !== 'critical') return;
    const isOver = transition === 'resolved';
    this.events.report({
      action: isOver ? 'security.alert_resolved' : 'security.alert_raised',
      metadata: { ...facts, instance: this.instance },
    });
  }
}
