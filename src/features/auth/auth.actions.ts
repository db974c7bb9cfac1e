import {
  type ActionsOf,
  critical,
  defineActions,
  info,
  notice,
  warning,
} from '#features/audit/audit.actions';

const actions = defineActions({
  'user.registration_repeated': notice(),
  'user.email_verified': info(),
  'user.email_change_requested': notice(),
  'user.email_changed': warning(),
  'user.disabled': warning(),
  'user.enabled': warning(),
  'user.role_changed': warning({ role: String }),
  'user.tenant_changed': warning({ tenant: String }),
  'user.sessions_read': notice(),
  'user.session_ended': warning({ session: String }),
  'auth.logged_in': info(),
  'auth.logged_out': info(),
  'auth.password_reset_requested': notice(),
  'auth.token_refreshed': info({ generation: Number, grace: Boolean }),
  'auth.refresh_replayed': critical({ presented: Number, current: Number }),
  'auth.session_revoked': notice(),
  'auth.sessions_ended': notice({ sessions: Number }),
});

declare module '#features/audit/audit.actions' {
  interface AuditActions extends ActionsOf<typeof actions> {}
}
