import type { Severity } from '#platform/database/generated/enums';
import type { SecurityAction } from '#platform/telemetry/security-events';

/** What can be recorded: past facts, each with how much it should worry a reader. */
export const auditActions = {
  'user.registered': 'info',
  'user.registration_repeated': 'notice',
  'user.email_verified': 'info',
  'user.email_change_requested': 'notice',
  'user.email_changed': 'warning',
  'user.password_changed': 'warning',
  'user.password_reset': 'warning',
  'user.disabled': 'warning',
  'user.enabled': 'warning',
  'user.role_changed': 'warning',
  'user.administrator_created': 'warning',
  'user.password_rehashed': 'info',
  'auth.logged_in': 'info',
  'auth.reauthentication_failed': 'warning',
  'auth.login_failed': 'warning',
  'auth.password_reset_requested': 'notice',
  'auth.guess_delayed': 'warning',
  'auth.token_refreshed': 'info',
  'auth.refresh_replayed': 'critical',
  'auth.logged_out': 'info',
  'auth.session_revoked': 'notice',
  'auth.sessions_ended': 'notice',
  'api_key.created': 'notice',
  'api_key.scopes_refused': 'warning',
  'api_key.revoked': 'notice',
  'security.api_key_refused': 'warning',
  'security.rate_limited': 'notice',
  'security.input_suspicious': 'warning',
  'security.client_blocked': 'critical',
  'security.client_unblocked': 'warning',
  'security.origin_refused': 'warning',
} as const satisfies Record<string, Severity> & Record<SecurityAction, Severity>;

export type AuditAction = keyof typeof auditActions;
