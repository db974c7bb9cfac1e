import { IsBoolean, IsOptional, Matches } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import type { Alert } from '#platform/database/generated/client';
import { AlertSeverity } from '#platform/database/generated/enums';
import { IsCursor, PageQuery } from '#platform/database/page';
import { IsOneOf } from '#platform/validation/choice.decorators';
import { UUID } from '#platform/validation/id.decorators';
import { IsNumberWithin, IsWholeNumber } from '#platform/validation/number.decorators';
import { IsText } from '#platform/validation/text.decorators';
import type { AlertRule, Comparison, RuleSettings } from './alert-rule.js';

const BIGGEST = 1e15;

export class AlertsQuery extends PageQuery {
  /** Those that are not over, or all of the last ninety days. */
  @IsOptional()
  @IsOneOf(['active', 'all'])
  state: 'active' | 'all' = 'active';

  /** The nextCursor of the page before. */
  @IsOptional()
  @IsCursor('string', UUID)
  cursor?: string;
}

/** A rule that was broken in one process, from when to when. */
export class AlertView {
  /** @example "019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11" */
  id: string;
  /** @example "memory" */
  rule: string;
  /** @example "Memory is nearly used up" */
  title: string;
  /**
   * The process that raised it.
   * @example "aerie-1"
   */
  instance: string;
  severity: AlertSeverity;
  /**
   * The worst of it.
   * @example 0.91
   */
  value: number;
  /** @example 0.8 */
  threshold: number;
  /** How often it came back before it was really over. */
  occurrences: number;
  raisedAt: Date;
  resolvedAt: Date | null;
  acknowledgedAt: Date | null;
  /** Id of the user who acknowledged it. */
  acknowledgedBy: string | null;
  /** Until when nobody is told of its rule. */
  silencedUntil: Date | null;
  /**
   * What to do: a link, or a file of the repository.
   * @example "docs/runbooks/memory.md"
   */
  runbook: string;

  static of(
    { seenAt: _seenAt, ...alert }: Alert,
    more: Pick<AlertView, 'title' | 'silencedUntil' | 'runbook'>,
  ): AlertView {
    return { ...alert, ...more };
  }
}

export class AlertsPage {
  items: AlertView[];
  /** Give it as cursor to get the next page; null at the end. */
  nextCursor: string | null;
}

export class RuleId {
  /** @example "memory" */
  @Matches(/^[a-z][a-z\d-]{0,49}$/, { message: 'id must be up to 50 letters a to z, digits and -' })
  id: string;
}

/** The whole of what may be changed: what is left out is not kept as it was. */
export class NewRuleSettings implements RuleSettings {
  /**
   * What is wrong when it is broken.
   * @example "Memory is nearly used up"
   */
  @IsText({ min: 1, max: 120 })
  title: string;

  /**
   * A series of the monitor.
   * @example "memoryRatio"
   */
  @IsText({ min: 1, max: 100 })
  series: string;

  /** Whether the trouble is above the threshold or below it. */
  @IsOneOf(['above', 'below'])
  comparison: Comparison;

  /**
   * The last value that is well; ratios from 0 to 1.
   * @example 0.8
   */
  @IsNumberWithin({ min: -BIGGEST, max: BIGGEST })
  threshold: number;

  /**
   * The value at which it is over, on the good side of the threshold.
   * @example 0.72
   */
  @IsNumberWithin({ min: -BIGGEST, max: BIGGEST })
  clearAt: number;

  /**
   * How long it must be so, in seconds.
   * @example 60
   */
  @IsWholeNumber({ min: 0, max: 3_600 })
  forSeconds: number;

  /**
   * With fewer requests in the last minute it counts as well.
   * @example 0
   */
  @IsWholeNumber({ min: 0, max: 1_000_000 })
  minimumRequests: number;

  /** By how far it is beyond the threshold (up to 20 % medium, up to 50 % high), or always the same. */
  @IsOneOf(['byExcess', ...Object.values(AlertSeverity)])
  severity: AlertSeverity | 'byExcess';

  @IsBoolean()
  isEnabled: boolean;
}

export class AlertRuleView extends NewRuleSettings {
  /** @example "memory" */
  id: string;
  /** Whether the code has it too; others were added by administrators. */
  isDefault: boolean;
  /** Whether it differs from the code. */
  isChanged: boolean;
  /** What the series says now, in this process; null when it is not known. */
  value: number | null;
  /** Until when nobody is told of it. */
  silencedUntil: Date | null;
  /** @example "docs/runbooks/memory.md" */
  runbook: string;

  static of(rule: AlertRule, more: Omit<AlertRuleView, keyof AlertRule>): AlertRuleView {
    return { ...rule, ...more };
  }
}

export class AlertRulesPage {
  items: AlertRuleView[];
  /** Always null: there are few. */
  nextCursor: string | null;
  /** The series that a rule may be about. */
  series: string[];
}

/** An alert that a rule would have raised. */
export class EpisodeView {
  from: Date;
  /** Null when it would be active still. */
  to: Date | null;
  severity: AlertSeverity;
  worst: number;
}

export class DryRun {
  /** How much of the last hour this process knows. */
  coveredSeconds: number;
  /** The alerts that the rule would have raised, the oldest first. */
  episodes: EpisodeView[];
}

export class Silence {
  /**
   * For how long nobody is told of the rule, in seconds; 0 ends a silence.
   * @example 3600
   */
  @IsWholeNumber({ min: 0, max: 7 * 86_400 })
  forSeconds: number;
}

export class RouteOutcomeView {
  /** @example "slack" */
  route: string;
  outcome: 'delivered' | 'failed';
  /** @example "hooks.slack.com answered 404" */
  @ApiProperty({ required: false })
  reason?: string;
}

export class AlertTest {
  routes: RouteOutcomeView[];
}
