import { type ActionsOf, defineActions, notice, warning } from '#features/audit/audit.actions';

const actions = defineActions({
  'api_key.created': notice({ prefix: String, scopes: String, expiresAt: String }),
  'api_key.scopes_refused': warning({ role: String, scopes: String }),
  'api_key.revoked': notice(),
});

declare module '#features/audit/audit.actions' {
  interface AuditActions extends ActionsOf<typeof actions> {}
}
