import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import type { AuditActions } from './audit.actions.js';
import type { AuditAction } from './audit.service.js';
import {
  AUDITED,
  AuditedInterceptor,
  type AuditMark,
  type Exchange,
} from './audited.interceptor.js';

export type { Exchange } from './audited.interceptor.js';

type Options<A extends AuditAction> = {
  /** Whom or what it happened to: the route's `:id`, else the `id` of the answer, unless given. */
  subject?(exchange: Exchange): string | undefined;
} & (keyof AuditActions[A] extends never
  ? { metadata?: undefined }
  : {} extends AuditActions[A]
    ? { metadata?(exchange: Exchange): AuditActions[A] }
    : { metadata(exchange: Exchange): AuditActions[A] });

type OptionsArgument<A extends AuditAction> =
  {} extends Options<A> ? [options?: Options<A>] : [options: Options<A>];

/**
 * Records the action when the route has done its work: committed with all that the handler wrote, or
 * neither is. For handlers that are short, and that do not throw after writing down a failure.
 */
export function Audited<A extends AuditAction>(action: A, ...[options]: OptionsArgument<A>) {
  const mark: AuditMark = { action, ...(options as Omit<AuditMark, 'action'>) };
  return applyDecorators(SetMetadata(AUDITED, mark), UseInterceptors(AuditedInterceptor));
}
