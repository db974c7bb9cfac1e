import type { SecurityAction } from '#platform/telemetry/security-events';
import {
  critical,
  defineActions,
  info,
  notice,
  warning,
  type ActionDefinition,
  type ActionsOf,
} from './audit.actions.js';

const alertFacts = {
  alert: String,
  rule: String,
  severity: String,
  value: Number,
  threshold: Number,
  instance: String,
} as const;

/** What every floor can notice: `SecurityFacts` says the same for those who report. */
const securityActions = {
  'security.rate_limited': notice({ tier: String, limit: Number, route: String }),
  'security.input_suspicious': warning({
    rules: String,
    field: String,
    score: Number,
    action: String,
    route: String,
  }),
  'security.client_blocked': critical({ client: String, score: Number, until: String }),
  'security.client_unblocked': warning({ client: String }),
  'security.origin_refused': warning({ origin: String, method: String }),
  'security.api_key_refused': warning({
    keyId: String,
    prefix: String,
    owner: String,
    reason: String,
  }),
  'security.alert_raised': critical(alertFacts),
  'security.alert_resolved': notice(alertFacts),
  'security.alert_acknowledged': notice({ alert: String, rule: String }),
  'security.alert_silenced': warning({ rule: String, forSeconds: Number }),
  'security.alert_rule_changed': warning({
    rule: String,
    'series?': String,
    'comparison?': String,
    'threshold?': Number,
    'thresholdBefore?': Number,
    'isEnabled?': Boolean,
    'isReset?': Boolean,
  }),
  'security.alert_tested': info({ routes: Number, failed: Number }),
  'operations.log_level_changed': warning({
    level: String,
    modules: String,
    'forMinutes?': Number,
    'reason?': String,
  }),
  'operations.database_metrics_reset': notice({ since: String }),
  'operations.job_retried': notice({ queue: String, job: String }),
  'operations.job_dropped': warning({ queue: String, job: String }),
  'operations.dependency_scan_requested': notice({ stateBefore: String }),
} satisfies Record<SecurityAction, ActionDefinition>;

/** What was asked for. */
const filterKeys = {
  'action?': String,
  'actor?': String,
  'subject?': String,
  'severity?': String,
  'requestId?': String,
  'from?': String,
  'to?': String,
} as const;

const actions = defineActions({
  ...securityActions,
  'audit.read': notice(filterKeys),
  'audit.export_started': warning({ format: String, ...filterKeys }),
  'audit.exported': warning({ format: String, entries: Number, isWhole: Boolean }),
  'audit.archived': warning({
    file: String,
    sequenceFrom: String,
    sequenceTo: String,
    fileSha256: String,
  }),
  'audit.pending_altered': critical({ 'events?': Number }),
  'audit.journal_damaged': critical({ file: String, lines: Number }),
  'audit.dropped': critical({ events: Number }),
  'audit.key_unknown': warning({ key: String }),
  'audit.carried_over': notice({ events: Number }),
  'request.completed': info({
    method: String,
    route: String,
    status: Number,
    outcome: String,
    durationMs: Number,
  }),
});

declare module './audit.actions.js' {
  interface AuditActions extends ActionsOf<typeof actions> {}
}
