import type { AuditEvent } from './audit-event.js';

/** The columns of an event, under the names that it has here, in the types of every driver. */
export const EVENT_COLUMNS = `event_id::text AS "eventId", "time", action, severity::text AS severity,
  actor, subject, request_id AS "requestId", address, user_agent AS "userAgent", metadata`;

/** The columns of an event, as PostgreSQL reads them back out of `asJson()`. */
export const EVENT_RECORD = `event_id uuid, "time" timestamptz, action text, severity severity,
  actor text, subject text, request_id text, address text, user_agent text, metadata jsonb`;

export const EVENT_NAMES =
  'event_id, "time", action, severity, actor, subject, request_id, address, user_agent, metadata';

export function recordOf(event: AuditEvent) {
  return {
    event_id: event.eventId,
    time: event.time,
    action: event.action,
    severity: event.severity,
    actor: event.actor,
    subject: event.subject,
    request_id: event.requestId,
    address: event.address,
    user_agent: event.userAgent,
    metadata: event.metadata,
  };
}
