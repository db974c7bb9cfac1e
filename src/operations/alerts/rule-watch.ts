import type { AlertSeverity } from '#platform/database/generated/enums';
import { SLOT_SECONDS } from '#platform/telemetry/monitor';
import { isClear, isWorse, SEVERITIES, severityOf, type RuleSettings } from './alert-rule.js';

export type Transition = 'raised' | 'escalated' | 'resolved';

/** What the monitor says at the end of a slot; null when it does not know. */
export interface Observation {
  readonly value: number | null;
  readonly lastMinuteRequests: number | null;
}

/**
 * Follows one rule from slot to slot: well, raised at some severity, worse, over. What must hold for a
 * while is counted from the beginning of the slot that first showed it. What is not known changes
 * nothing: a process that was held up has neither recovered nor got worse.
 */
export class RuleWatch {
  private readonly heldSince = new Map<AlertSeverity, number>();
  private clearSince: number | undefined;

  constructor(private current: AlertSeverity | null = null) {}

  /** Null while all is well. */
  get severity(): AlertSeverity | null {
    return this.current;
  }

  step(rule: RuleSettings, { value, lastMinuteRequests }: Observation, seconds: number) {
    const isTooQuiet = lastMinuteRequests !== null && lastMinuteRequests < rule.minimumRequests;
    if (value === null && !isTooQuiet) return null;
    const slotBegan = seconds - SLOT_SECONDS;
    const found = value === null || isTooQuiet ? null : severityOf(rule, value);
    for (const severity of SEVERITIES) {
      if (found === null || isWorse(severity, found)) this.heldSince.delete(severity);
      else if (!this.heldSince.has(severity)) this.heldSince.set(severity, slotBegan);
    }
    if (value !== null && !isTooQuiet && !isClear(rule, value)) this.clearSince = undefined;
    else this.clearSince ??= slotBegan;
    return this.next(rule.forSeconds, seconds);
  }

  private next(forSeconds: number, seconds: number): Transition | null {
    const reached = SEVERITIES.findLast((severity) => {
      const since = this.heldSince.get(severity);
      return since !== undefined && seconds - since >= forSeconds;
    });
    if (reached && (this.current === null || isWorse(reached, this.current))) {
      const transition = this.current === null ? 'raised' : 'escalated';
      this.current = reached;
      return transition;
    }
    if (this.current === null || this.clearSince === undefined) return null;
    if (seconds - this.clearSince < forSeconds) return null;
    this.current = null;
    return 'resolved';
  }
}
