import { Injectable } from '@nestjs/common';
import { isRefusedData } from '#platform/database/outage';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { Log } from '#platform/logging/log';
import type { PendingEvent } from '../chain/audit-event.js';
import { WriterFigures } from './figures.js';
import { Intake } from './intake.js';
import { lineOf } from './journal-lines.js';
import { Journal } from './journal.js';

/** When a database that was away is tried again. */
export const RETRY_MS = 1_000;

/** Inserts events in batches, and knows whether it is worth a try. */
@Injectable()
export class Inserter {
  private isOpen = false;
  private tryAt = -Infinity;
  private hasComplained = false;

  constructor(
    private readonly intake: Intake,
    private readonly journal: Journal,
    private readonly figures: WriterFigures,
    private readonly log: Log,
  ) {}

  /** From now on the tables are there. */
  open(): void {
    this.isOpen = true;
  }

  get mayTry(): boolean {
    return this.isOpen && performance.now() >= this.tryAt;
  }

  /** Does not wait for the time of the next try. */
  tryNow(): void {
    this.tryAt = -Infinity;
  }

  tryLater(): void {
    this.tryAt = performance.now() + RETRY_MS;
  }

  /** Returns those that the database did not take, and will take another time: it is away, say, or its table is. */
  async insert(events: readonly PendingEvent[]): Promise<readonly PendingEvent[]> {
    if (events.length === 0) return [];
    try {
      await this.intake.add(events);
      this.hasComplained = false;
      return [];
    } catch (error) {
      if (!isRefusedData(error)) {
        this.tryLater();
        const isKnown = error instanceof DatabaseUnavailable || this.hasComplained;
        if (!isKnown) this.log.error({ err: error }, 'audit events cannot be inserted: they wait');
        this.hasComplained ||= !isKnown;
        return events;
      }
      if (events.length > 1) return this.insertEach(events);
      await this.setAside(events[0]!, error);
      return [];
    }
  }

  /** The database refuses one of them, which the others need not suffer for. */
  private async insertEach(events: readonly PendingEvent[]): Promise<readonly PendingEvent[]> {
    for (const [index, event] of events.entries()) {
      const left = await this.insert([event]);
      if (left.length > 0) return events.slice(index);
    }
    return [];
  }

  private async setAside(event: PendingEvent, cause: unknown): Promise<void> {
    this.log.error({ err: cause, event }, 'the database refuses an audit event: it is set aside');
    this.figures.setAside();
    await this.journal.setAside('refused', lineOf(event)).catch((error: unknown) => {
      this.log.error({ err: error }, 'an audit event could not be set aside: it stands in the log');
    });
  }
}
