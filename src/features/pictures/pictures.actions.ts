import { type ActionsOf, defineActions, info } from '#features/audit/audit.actions';

const actions = defineActions({
  'user.picture_changed': info({ type: String, bytes: Number }),
  'user.picture_removed': info(),
});

declare module '#features/audit/audit.actions' {
  interface AuditActions extends ActionsOf<typeof actions> {}
}
