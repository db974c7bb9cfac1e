import {
  type ActionsOf,
  defineActions,
  info,
  notice,
  warning,
} from '#features/audit/audit.actions';

const actions = defineActions({
  'user.second_factor_enrolled': info(),
  'user.second_factor_enabled': notice(),
  'user.second_factor_disabled': warning(),
  'user.recovery_codes_renewed': notice(),
  'auth.second_factor_used': info(),
  'auth.second_factor_failed': warning({ 'failures?': Number }),
  'auth.recovery_code_used': warning({ left: Number }),
});

declare module '#features/audit/audit.actions' {
  interface AuditActions extends ActionsOf<typeof actions> {}
}
