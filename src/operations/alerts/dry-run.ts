import type { AlertSeverity } from '#platform/database/generated/enums';
import { SLOT_SECONDS, type MonitorHistory } from '#platform/telemetry/monitor';
import { isWorseValue, type RuleSettings } from './alert-rule.js';
import { RuleWatch } from './rule-watch.js';

/** One alert that a rule would have raised. */
export interface Episode {
  readonly from: Date;
  /** Null when it would be active still. */
  to: Date | null;
  severity: AlertSeverity;
  worst: number;
}

/** What a rule would have done in the past that the monitor of this process knows. */
export function dryRun(rule: RuleSettings, { endsAt, series }: MonitorHistory): Episode[] {
  const values = series[rule.series] ?? [];
  const requests = series['lastMinuteRequests'] ?? [];
  const watch = new RuleWatch();
  const episodes: Episode[] = [];
  for (const [index, value] of values.entries()) {
    const seconds = (index + 1) * SLOT_SECONDS;
    const time = new Date(endsAt.getTime() - (values.length - 1 - index) * SLOT_SECONDS * 1_000);
    const observation = { value, lastMinuteRequests: requests[index] ?? null };
    const transition = watch.step(rule, observation, seconds);
    const current = episodes.at(-1);
    if (transition === 'raised') {
      episodes.push({ from: time, to: null, severity: watch.severity!, worst: value! });
    } else if (transition === 'resolved') current!.to = time;
    else if (transition === 'escalated') current!.severity = watch.severity!;
    if (watch.severity !== null && value !== null) {
      const open = episodes.at(-1)!;
      if (isWorseValue(rule, value, open.worst)) open.worst = value;
    }
  }
  return episodes;
}
