import { Injectable } from '@nestjs/common';
import { SecurityEvents, type SecurityAction } from '#platform/telemetry/security-events';
import type { AuditFact } from './audit.actions.js';
import { EventMaker } from './event-maker.js';
import { EventWriter } from './writer/event-writer.js';

/** Has what the edge notices recorded, behind the requests that caused it. */
@Injectable()
export class SecurityEventRecorder {
  constructor(events: SecurityEvents, maker: EventMaker, writer: EventWriter) {
    // the same of each: `SecurityFacts` and the catalogue, which a spec compares
    events.onEvent(({ action, actor, metadata, ...origin }) => {
      const fact = { actor, metadata } as object as AuditFact<SecurityAction>;
      writer.offer(maker.make(action, fact, origin));
    });
  }
}
