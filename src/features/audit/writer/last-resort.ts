import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Log } from '#platform/logging/log';
import { AuditUnavailable } from '../audit.problems.js';
import type { PendingEvent } from '../chain/audit-event.js';
import { EventMaker } from '../event-maker.js';
import { WriterFigures } from './figures.js';
import { Inserter } from './inserter.js';
import { Journal } from './journal.js';

const RETRY_AFTER_SECONDS = 5;

/** What becomes of an event that neither the database nor the journal takes: see AUDIT_WHEN_FULL. */
@Injectable()
export class LastResort {
  private ownedUpTo = 0;

  constructor(
    private readonly inserter: Inserter,
    private readonly journal: Journal,
    private readonly events: EventMaker,
    private readonly config: Config,
    private readonly log: Log,
    private readonly figures: WriterFigures,
  ) {}

  /** Leaves the event in the log. What its request is told: an error, or undefined to go on. */
  giveUp(event: PendingEvent, cause: unknown): Error | undefined {
    this.figures.dropped();
    this.log.error({ err: cause, event }, 'an audit event stands in the log only');
    return this.config.AUDIT_WHEN_FULL === 'refuse'
      ? new AuditUnavailable({ cause, retryAfterSeconds: RETRY_AFTER_SECONDS })
      : undefined;
  }

  /** Events that were given up, and of which the trail says nothing yet. */
  get missing(): number {
    return this.figures.droppedSoFar - this.ownedUpTo;
  }

  /** Has the trail say how many events it misses, if anything is kept again. */
  async ownUp(): Promise<void> {
    const events = this.missing;
    if (!(await this.isKept(this.events.make('audit.dropped', { metadata: { events } })))) return;
    this.ownedUpTo += events;
    this.log.warn({ events }, 'audit events are kept again: so many stand in the log only');
  }

  private async isKept(event: PendingEvent): Promise<boolean> {
    if (this.journal.isEmpty && this.inserter.mayTry) {
      const left = await this.inserter.insert([event]);
      if (left.length === 0) return true;
    }
    try {
      await this.journal.append([event]);
    } catch {
      return false;
    }
    this.figures.spilled(1);
    return true;
  }
}
