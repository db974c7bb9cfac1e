import type { Severity } from '#platform/database/generated/enums';

/** Something that happened, before it has a place in the chain. */
export interface AuditEvent {
  /** UUIDv7: what arrives twice is kept once. */
  readonly eventId: string;
  readonly time: Date;
  readonly action: string;
  readonly severity: Severity;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly metadata: unknown;
}

/** An event as it waits for the sealer. */
export interface PendingEvent extends AuditEvent {
  /** `AuditKeys.mac()` over the event; null for what is from before there was a chain. */
  readonly mac: string | null;
}

/** What an event says, in the order in which it is hashed and signed. */
export function contentOf(event: AuditEvent): unknown[] {
  return [
    event.eventId,
    isoOf(event.time),
    event.action,
    event.severity,
    event.actor,
    event.subject,
    event.requestId,
    event.address,
    event.userAgent,
    event.metadata,
  ];
}

/** Whoever altered the table may have written a time that JavaScript has none for, such as infinity. */
function isoOf(time: Date): string {
  return time instanceof Date && !Number.isNaN(time.getTime()) ? time.toISOString() : String(time);
}
