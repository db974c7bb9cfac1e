import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { Log } from '#platform/logging/log';
import { RequestTrail, type CompletedRequest } from '#platform/telemetry/request-trail';
import { SecurityEvents, type SecurityEvent } from '#platform/telemetry/security-events';
import { auditCatalogue, type AuditAction } from './audit.actions.js';
import { AuditRepository } from './audit.repository.js';

const MOST_WAITING = 1_000;
const PAUSE_MS = 1_000;

type Noticed = Omit<SecurityEvent, 'action' | 'metadata'> & {
  readonly action: AuditAction;
  readonly subject?: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
};

/**
 * Writes security events to the trail behind the requests that caused them. They wait in memory, in
 * bounded number, while the database is away; each stands in the log in any case.
 */
@Injectable()
export class SecurityEventRecorder implements BeforeApplicationShutdown {
  private readonly waiting: (Noticed & { time: Date })[] = [];
  private writing: Promise<void> | undefined;
  private dropped = 0;
  private isStopping = false;

  constructor(
    private readonly entries: AuditRepository,
    private readonly log: Log,
    events: SecurityEvents,
    trail: RequestTrail,
  ) {
    trail.onCompleted((request) => this.add(noticed(request)));
    events.onEvent((event) => this.add(event));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.writing;
  }

  private add(event: Noticed): void {
    if (this.waiting.length >= MOST_WAITING) {
      this.dropped++;
      return;
    }
    this.waiting.push({ ...event, time: new Date() });
    this.start();
  }

  private start(): void {
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
      // one may have come between the last look and here
      if (this.waiting.length > 0 && !this.isStopping) this.start();
    });
  }

  private async write(): Promise<void> {
    for (let event = this.waiting[0]; event; event = this.waiting[0]) {
      try {
        await this.entries.insert({
          ...event,
          severity: auditCatalogue.get(event.action)!.severity,
        });
        this.waiting.shift();
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) {
          this.log.error({ err: error, event }, 'a security event cannot be recorded');
          this.waiting.shift();
        } else if (this.isStopping) {
          return;
        } else {
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
        }
      }
    }
    if (this.dropped > 0) {
      this.log.error({ dropped: this.dropped }, 'security events stand in the log only');
      this.dropped = 0;
    }
  }
}

function noticed({
  method,
  route,
  status,
  outcome,
  durationMs,
  ...who
}: CompletedRequest): Noticed {
  return {
    ...who,
    action: 'request.completed',
    metadata: { method, route, status, outcome, durationMs },
  };
}
