import {
  type ActionsOf,
  critical,
  defineActions,
  info,
  notice,
  warning,
} from '#features/audit/audit.actions';

const actions = defineActions({
  'user.passkey_added': notice({ passkey: String }),
  'user.passkey_renamed': info(),
  'user.passkey_removed': warning({ passkey: String }),
  'auth.passkey_used': info({ passkey: String }),
  'auth.passkey_failed': warning(),
  'auth.passkey_copied': critical({ passkey: String }),
});

declare module '#features/audit/audit.actions' {
  interface AuditActions extends ActionsOf<typeof actions> {}
}
