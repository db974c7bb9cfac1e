import { Injectable } from '@nestjs/common';
import { currentRequest } from '#platform/telemetry/request-context';
import { auditCatalogue, carriedBy, type AuditAction, type FactArgument } from './audit.actions.js';
import { AuditRepository } from './audit.repository.js';

export type { AuditAction, AuditFact } from './audit.actions.js';

@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditRepository) {}

  /** Adds an entry: within a transaction it is committed with it or not at all. */
  async record<A extends AuditAction>(action: A, ...[fact]: FactArgument<A>): Promise<void> {
    const {
      subject,
      actor,
      metadata = {},
    }: { subject?: string; actor?: string; metadata?: object } = fact ?? {};
    const request = currentRequest();
    const definition = auditCatalogue.get(action)!;
    await this.entries.insert({
      action,
      severity: definition.severity,
      actor: actor ?? request?.actor,
      subject,
      requestId: request?.requestId,
      address: request?.address,
      userAgent: request?.userAgent,
      metadata: carriedBy(definition, metadata as Record<string, unknown>),
    });
  }
}
