import { v7 as uuidv7 } from 'uuid';
import type { Config } from '#platform/config/config';
import { productName } from '#platform/config/version';
import type { Alert } from '#platform/database/generated/client';
import type { AlertRule } from './alert-rule.js';
import { defaultRules } from './default-rules.js';

/** Why people are told. A reminder is for an alert that nobody has acknowledged. */
export type AlertEvent = 'raised' | 'escalated' | 'reminder' | 'resolved' | 'test';

/** What people and their programs are told: the body of the webhook, plain data that lies in the queue. */
export interface AlertMessage {
  /** The same however often it is sent, for receivers that want it once. */
  readonly id: string;
  readonly event: AlertEvent;
  /** One line that says it all. */
  readonly text: string;
  readonly service: string;
  readonly environment: string;
  /** Every process in which it is so. */
  readonly instances: readonly string[];
  readonly alert: {
    readonly id: string;
    readonly rule: string;
    readonly title: string;
    readonly severity: string;
    readonly series: string;
    readonly value: number;
    readonly threshold: number;
    readonly raisedAt: string;
    readonly runbook: string;
  };
}

export function alertMessage(
  event: AlertEvent,
  rule: AlertRule,
  alert: Alert,
  instances: readonly string[],
  config: Config,
): AlertMessage {
  const runbook = runbookOf(rule.id, config);
  const said = event === 'resolved' ? 'over' : alert.severity;
  const value = inWords(rule.series, alert.value);
  const limit = inWords(rule.series, alert.threshold);
  return {
    id: uuidv7(),
    event,
    text:
      `[${said}] ${productName} (${config.NODE_ENV}) on ${instances.join(', ')}: ${rule.title}. ` +
      `${rule.series} ${event === 'resolved' ? 'was' : 'is'} ${value}, limit ${limit}, ` +
      `since ${alert.raisedAt.toISOString()}. ${runbook}`,
    service: productName,
    environment: config.NODE_ENV,
    instances,
    alert: {
      id: alert.id,
      rule: rule.id,
      title: rule.title,
      severity: alert.severity,
      series: rule.series,
      value: alert.value,
      threshold: alert.threshold,
      raisedAt: alert.raisedAt.toISOString(),
      runbook,
    },
  };
}

/** Where it stands what to do: a link, or the file in the repository. Rules that were added share one. */
export function runbookOf(rule: string, config: Config): string {
  const isDefault = defaultRules(config).some(({ id }) => id === rule);
  return `${config.ALERT_RUNBOOKS_URL ?? 'docs/runbooks'}/${isDefault ? rule : 'added-rule'}.md`;
}

const UNITS: readonly [RegExp, (value: number) => string][] = [
  [/Ratio$/, (value) => `${round(value * 100)} %`],
  [/Bytes$/, (value) => `${round(value / 1_048_576)} MB`],
  [/Ms$/, (value) => `${round(value)} ms`],
  [/Seconds$/, (value) => `${round(value)} s`],
];

/** The value with the unit in which the name of its series ends. */
function inWords(series: string, value: number): string {
  const [, write] = UNITS.find(([ending]) => ending.test(series)) ?? [];
  return write?.(value) ?? String(round(value));
}

/** To a tenth; what is smaller to two digits, so that a limit of 0.001 is not told as none. */
function round(value: number): number {
  const tenths = Math.round(value * 10) / 10;
  return Math.abs(value) < 1 ? Number(value.toPrecision(2)) : tenths;
}
