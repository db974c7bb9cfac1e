import { v7 as uuidv7 } from 'uuid';
import type { PendingEvent } from '#features/audit/chain/audit-event';

/** An event as it waits to be sealed, told apart by its number. */
export function pendingEvent(n: number): PendingEvent {
  return {
    eventId: uuidv7(),
    time: new Date(1_800_000_000_000 + n),
    action: 'auth.login_failed',
    severity: 'warning',
    actor: null,
    subject: `number ${n}`,
    requestId: null,
    address: '203.0.113.7',
    userAgent: null,
    metadata: { n, text: 'line\nbreak, "quotes" and ü' },
    mac: null,
  };
}
