import type { Alert } from '#platform/database/generated/client';
import type { AlertSeverity } from '#platform/database/generated/enums';
import { v7 as uuidv7 } from 'uuid';
import type { AlertRule } from './alert-rule.js';

/** An alert of this process: a row of `alerts` that may not be written yet. */
export type OwnAlert = { -readonly [Field in keyof Alert]: Alert[Field] };

export function newAlert(
  rule: AlertRule,
  instance: string,
  severity: AlertSeverity,
  value: number,
  now: Date,
): OwnAlert {
  return {
    id: uuidv7(),
    rule: rule.id,
    instance,
    severity,
    value,
    threshold: rule.threshold,
    occurrences: 1,
    raisedAt: now,
    seenAt: now,
    resolvedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
  };
}
