import type { Severity } from '#platform/database/generated/enums';
import type { SecurityAction } from '#platform/telemetry/security-events';

/** What can be recorded: past facts, each with how much it should worry a reader. */
export const auditActions = {
  'user.registered': 'info',
  'user.registration_repeated': 'notice',
  'user.administrator_created': 'warning',
  'user.password_rehashed': 'info',
  'auth.logged_in': 'info',
  'auth.reauthentication_failed': 'warning',
  'auth.login_failed': 'warning',
  'auth.token_refreshed': 'info',
  'auth.refresh_replayed': 'critical',
  'auth.logged_out': 'info',
  'security.rate_limited': 'notice',
  'security.input_suspicious': 'warning',
  'security.client_blocked': 'critical',
  'security.client_unblocked': 'warning',
  'security.origin_refused': 'warning',
} as const satisfies Record<string, Severity> & Record<SecurityAction, Severity>;

export type AuditAction = keyof typeof auditActions;
