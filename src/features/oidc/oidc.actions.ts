import {
  type ActionsOf,
  defineActions,
  info,
  notice,
  warning,
} from '#features/audit/audit.actions';

const actions = defineActions({
  'auth.identity_used': info(),
  'auth.identity_linked': notice({ issuer: String }),
  'auth.identity_unlinked': notice({ issuer: String }),
  'auth.identity_refused': warning({ reason: String }),
});

declare module '#features/audit/audit.actions' {
  interface AuditActions extends ActionsOf<typeof actions> {}
}
