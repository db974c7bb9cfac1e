import { AlertSeverity } from '#platform/database/generated/enums';

export const SEVERITIES: readonly AlertSeverity[] = ['medium', 'high', 'critical'];

/** Whether a value that goes over the threshold is the trouble, or one that goes under it. */
export type Comparison = 'above' | 'below';

/** What an administrator may change of a rule. */
export interface RuleSettings {
  readonly title: string;
  /** A series of the monitor. */
  readonly series: string;
  readonly comparison: Comparison;
  /** Trouble begins beyond it; the threshold itself is well. */
  readonly threshold: number;
  /** The value at which a raised alert is over: on the good side of the threshold, so that it does not flap. */
  readonly clearAt: number;
  /** How long it must be so before the alert is raised, worse, or over. */
  readonly forSeconds: number;
  /** With fewer requests in the last minute the value says nothing, and counts as well. */
  readonly minimumRequests: number;
  readonly severity: AlertSeverity | 'byExcess';
  readonly isEnabled: boolean;
}

/** When somebody is called: data, so that it can be shown, changed and tried out. */
export interface AlertRule extends RuleSettings {
  readonly id: string;
}

// of the threshold; what is beyond the last is critical
const MEDIUM_UP_TO = 0.2;
const HIGH_UP_TO = 0.5;
const ROUNDING = 1e-9;

/** How bad a value is by how far it is beyond the threshold; null when it is not. */
export function severityOf(rule: RuleSettings, value: number): AlertSeverity | null {
  const { comparison, threshold, severity } = rule;
  const beyond = comparison === 'above' ? value - threshold : threshold - value;
  if (beyond <= Math.abs(threshold) * ROUNDING) return null;
  if (severity !== 'byExcess') return severity;
  const excess = beyond / Math.abs(threshold); // of zero, any excess is without measure
  if (excess <= MEDIUM_UP_TO + ROUNDING) return 'medium';
  return excess <= HIGH_UP_TO + ROUNDING ? 'high' : 'critical';
}

/** Whether a raised alert may be over at this value. */
export function isClear({ comparison, clearAt }: RuleSettings, value: number): boolean {
  return comparison === 'above' ? value <= clearAt : value >= clearAt;
}

export function isWorseValue({ comparison }: RuleSettings, value: number, than: number): boolean {
  return comparison === 'above' ? value > than : value < than;
}

export function isWorse(severity: AlertSeverity, than: AlertSeverity): boolean {
  return SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);
}
