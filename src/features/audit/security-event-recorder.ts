import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { Log } from '#platform/logging/log';
import { SecurityEvents, type SecurityEvent } from '#platform/telemetry/security-events';
import { auditActions } from './actions.js';
import { AuditRepository } from './audit.repository.js';

const MOST_WAITING = 1_000;
const PAUSE_MS = 1_000;

/**
 * Writes security events to the trail behind the requests that caused them. They wait in memory, in
 * bounded number, while the database is away; each stands in the log in any case.
 */
@Injectable()
export class SecurityEventRecorder implements BeforeApplicationShutdown {
  private readonly waiting: (SecurityEvent & { time: Date })[] = [];
  private writing: Promise<void> | undefined;
  private dropped = 0;
  private isStopping = false;

  constructor(
    private readonly entries: AuditRepository,
    private readonly log: Log,
    events: SecurityEvents,
  ) {
    events.onEvent((event) => this.add(event));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.writing;
  }

  private add(event: SecurityEvent): void {
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
        await this.entries.insert({ ...event, severity: auditActions[event.action] });
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
