import { type ActionsOf, defineActions, notice, warning } from '#features/audit/audit.actions';

const actions = defineActions({
  'data.exported': notice(),
  'user.erased': warning(),
});

declare module '#features/audit/audit.actions' {
  interface AuditActions extends ActionsOf<typeof actions> {}
}
