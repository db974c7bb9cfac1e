import { Injectable } from '@nestjs/common';
import { currentRequest } from '#platform/telemetry/request-context';
import {
  SecurityEvents,
  type SecurityAction,
  type SecurityEvent,
} from '#platform/telemetry/security-events';

/** What operators do to alerts, for log and trail, with who did it from the request at hand. */
@Injectable()
export class OperatorEvents {
  constructor(private readonly events: SecurityEvents) {}

  report<A extends SecurityAction>(action: A, metadata: SecurityEvent<A>['metadata']): void {
    this.events.report({ ...currentRequest(), action, metadata });
  }
}
