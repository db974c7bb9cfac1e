import { Injectable } from '@nestjs/common';
import { currentRequest } from '#platform/telemetry/request-context';
import { auditCatalogue, carriedBy, type AuditAction, type AuditActions } from './audit.actions.js';
import { AuditRepository } from './audit.repository.js';

/** What is said of an action. `metadata` is what the catalogue says the action carries; never a secret. */
export type AuditFact<A extends AuditAction = AuditAction> = {
  /** Who or what it happened to. */
  subject?: string;
  /** Who did it; the caller of the request at hand unless given. */
  actor?: string;
} & Carrying<AuditActions[A]>;

type Carrying<Metadata> = keyof Metadata extends never
  ? { metadata?: undefined }
  : {} extends Metadata
    ? { metadata?: Metadata }
    : { metadata: Metadata };

/** May be left out when nothing in it has to be said. */
export type FactArgument<A extends AuditAction> =
  {} extends AuditFact<A> ? [fact?: AuditFact<A>] : [fact: AuditFact<A>];

export type { AuditAction } from './audit.actions.js';

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
