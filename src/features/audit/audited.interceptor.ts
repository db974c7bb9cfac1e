import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Database } from '#platform/database/database';
import { PerRoute } from '#platform/routing/per-route';
import { AuditService, type AuditAction, type AuditFact } from './audit.service.js';

export const AUDITED = Symbol('audited');

/** A request that was carried out, and what it is answered with. */
export interface Exchange<Body = unknown, Answer = unknown> {
  readonly params: Readonly<Record<string, string>>;
  /** As it was sent; the handler has taken it. */
  readonly body: Body;
  readonly answer: Answer;
}

/** What a route's mark says. */
export interface AuditMark {
  readonly action: AuditAction;
  subject?(exchange: Exchange): string | undefined;
  metadata?(exchange: Exchange): object;
}

/**
 * Makes the handler and its audit entry one transaction. A handler that throws takes back all that it
 * wrote; after a conflict with another transaction it runs again, from its arguments on.
 */
@Injectable()
export class AuditedInterceptor implements NestInterceptor {
  private readonly marks = new PerRoute<AuditMark>();

  constructor(
    private readonly reflector: Reflector,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const mark = this.marks.get(context, (targets) =>
      this.reflector.getAllAndOverride<AuditMark>(AUDITED, targets),
    );
    const { params, body } = context.switchToHttp().getRequest<FastifyRequest>();
    return from(
      this.database.transaction(async () => {
        const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
        await this.record(mark, { params: params as Exchange['params'], body, answer });
        return answer;
      }),
    );
  }

  private record(mark: AuditMark, exchange: Exchange): Promise<void> {
    const fact = {
      subject: mark.subject ? mark.subject(exchange) : subjectOf(exchange),
      metadata: mark.metadata?.(exchange),
    };
    return this.audit.record(mark.action, fact as AuditFact);
  }
}

/** What the address names, or what was made. */
function subjectOf({ params, answer }: Exchange): string | undefined {
  return params['id'] ?? (answer as { id?: string } | undefined)?.id;
}
