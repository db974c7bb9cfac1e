import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { currentRequest } from '#platform/telemetry/request-context';
import { auditCatalogue, carriedBy, type AuditAction, type FactArgument } from './audit.actions.js';
import { contentOf, type AuditEvent, type PendingEvent } from './chain/audit-event.js';
import { AuditKeys } from './chain/audit-keys.js';

/** From where, where that is not the request at hand. */
export interface EventOrigin {
  readonly requestId?: string;
  readonly address?: string;
  readonly userAgent?: string;
}

/** A fact, whatever the action. */
interface Said {
  readonly actor?: string;
  readonly subject?: string;
  readonly metadata?: object;
}

const LONGEST_TEXT = 4_000;

/** Makes events of facts: when, who, from where, and a MAC over all of it. */
@Injectable()
export class EventMaker {
  constructor(private readonly keys: AuditKeys) {}

  make<A extends AuditAction>(
    action: A,
    fact?: FactArgument<A>[0],
    origin?: EventOrigin,
  ): PendingEvent {
    const { actor, subject, metadata = {} }: Said = fact ?? {};
    const definition = auditCatalogue.get(action)!;
    const request = currentRequest();
    const { requestId, address, userAgent } = origin ?? request ?? {};
    const event: AuditEvent = {
      eventId: uuidv7(),
      time: new Date(),
      action,
      severity: definition.severity,
      actor: storable(actor ?? (origin ? undefined : request?.actor)),
      subject: storable(subject),
      requestId: storable(requestId),
      address: storable(address),
      userAgent: storable(userAgent),
      metadata: storableMembers(carriedBy(definition, metadata)),
    };
    return { ...event, mac: this.keys.mac(contentOf(event)) };
  }
}

/** PostgreSQL keeps no NUL and no half of a surrogate pair: what it would change is changed before it is signed. */
function storable(text: string | undefined): string | null {
  return text?.slice(0, LONGEST_TEXT).replaceAll('\0', '\uFFFD').toWellFormed() ?? null;
}

function storableMembers(members: Readonly<Record<string, string | number | boolean>>) {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [storable(key)!, typeof value === 'string' ? storable(value) : value]),
  );
}
