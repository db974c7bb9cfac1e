import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { NotFound, ValidationFailed } from '#platform/errors/problems';
import { Monitor } from '#platform/telemetry/monitor';
import { runbookOf } from './alert-message.js';
import { isClear, severityOf, type AlertRule, type RuleSettings } from './alert-rule.js';
import { AlertRules } from './alert-rules.js';
import { AlertRulesPage, AlertRuleView, DryRun, type NewRuleSettings } from './alerts.dto.js';
import { TooManyRules } from './alerts.problems.js';
import { dryRun } from './dry-run.js';
import { SecurityEvents } from '#platform/telemetry/security-events';

const MOST_RULES = 50;

/** What administrators do with the rules. */
@Injectable()
export class AlertRulesService {
  constructor(
    private readonly config: Config,
    private readonly rules: AlertRules,
    private readonly monitor: Monitor,
    private readonly events: SecurityEvents,
  ) {}

  getAll(): AlertRulesPage {
    return {
      items: this.rules.all.map((rule) => this.view(rule)),
      nextCursor: null,
      series: this.monitor.seriesNames,
    };
  }

  /** Changes a rule, or adds one. Throws `ValidationFailed`. */
  async change(id: string, settings: NewRuleSettings): Promise<AlertRuleView> {
    this.check(settings);
    const before = this.rules.find(id);
    if (!before && this.rules.all.length >= MOST_RULES) throw new TooManyRules();
    await this.rules.change(id, settings);
    const { series, comparison, threshold, isEnabled } = settings;
    this.events.reportOfRequest('security.alert_rule_changed', {
      rule: id,
      series,
      comparison,
      threshold,
      isEnabled,
      ...(before && { thresholdBefore: before.threshold }),
    });
    return this.view(this.rules.find(id)!);
  }

  /** Gives a rule back to the code, or removes one that was added. Throws `NotFound`. */
  async reset(id: string): Promise<void> {
    await this.rules.reload();
    if (!this.rules.isChanged(id)) throw new NotFound();
    await this.rules.reset(id);
    this.events.reportOfRequest('security.alert_rule_changed', { rule: id, isReset: true });
  }

  /** What a rule would have done in the last hour, in this process. */
  dryRun(settings: NewRuleSettings): DryRun {
    this.check(settings);
    const history = this.monitor.history('5s', [settings.series, 'lastMinuteRequests']);
    const known = history.series[settings.series]!.length;
    return {
      coveredSeconds: known * history.resolutionSeconds,
      episodes: dryRun(settings, history),
    };
  }

  private check(settings: RuleSettings): void {
    const { series, threshold, clearAt } = settings;
    if (!this.monitor.seriesNames.includes(series)) {
      throw invalid('series', `must be one of ${this.monitor.seriesNames.join(', ')}`);
    }
    if (severityOf(settings, clearAt) !== null || !isClear(settings, clearAt)) {
      throw invalid('clearAt', `must not be beyond the threshold ${threshold}`);
    }
  }

  private view(rule: AlertRule): AlertRuleView {
    return AlertRuleView.of(rule, {
      isDefault: this.rules.isDefault(rule.id),
      isChanged: this.rules.isChanged(rule.id),
      value: this.monitor.latest(rule.series),
      silencedUntil: this.rules.silencedUntil(rule.id, new Date()),
      runbook: runbookOf(rule.id, this.config),
    });
  }
}

function invalid(path: string, message: string): Error {
  return new ValidationFailed({ errors: [{ path, message }] });
}
