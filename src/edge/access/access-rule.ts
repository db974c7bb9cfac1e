import type { Reflector } from '@nestjs/core';
import { ACCESS, OPEN_TO_MONITORING, VERIFIED_ONLY, type Access } from './access.decorators.js';

/** What a route asks of its caller. */
export interface AccessRule {
  readonly access: Access;
  readonly isVerifiedOnly: boolean;
  readonly isOpenToMonitoring: boolean;
}

type Targets = Parameters<Reflector['getAllAndOverride']>[1];

/** Reads what the method, else its controller, is marked with. Unmarked is closed to all but people who signed in. */
export function accessRuleOf(reflector: Reflector, targets: Targets): AccessRule {
  const isMarked = (mark: symbol) =>
    reflector.getAllAndOverride<boolean | undefined>(mark, targets) ?? false;
  return {
    access: reflector.getAllAndOverride<Access | undefined>(ACCESS, targets) ?? 'signed-in',
    isVerifiedOnly: isMarked(VERIFIED_ONLY),
    isOpenToMonitoring: isMarked(OPEN_TO_MONITORING),
  };
}
