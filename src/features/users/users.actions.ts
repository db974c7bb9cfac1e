import {
  type ActionsOf,
  defineActions,
  info,
  notice,
  warning,
} from '#features/audit/audit.actions';

const actions = defineActions({
  'user.registered': info(),
  'user.administrator_created': warning(),
  'user.password_changed': warning(),
  'user.password_reset': warning(),
  'user.password_rehashed': info(),
  'user.erasure_requested': warning({ eraseAfter: String }),
  'user.erasure_cancelled': notice(),
  'auth.login_failed': warning(),
  'auth.reauthentication_failed': warning(),
  'auth.guess_delayed': warning(),
});

declare module '#features/audit/audit.actions' {
  interface AuditActions extends ActionsOf<typeof actions> {}
}
