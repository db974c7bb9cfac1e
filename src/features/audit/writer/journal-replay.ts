import { Injectable } from '@nestjs/common';
import { Log } from '#platform/logging/log';
import type { PendingEvent } from '../chain/audit-event.js';
import { EventMaker } from '../event-maker.js';
import { Inserter } from './inserter.js';
import { Journal, type Found } from './journal.js';

const BATCH = 500;

/** Brings what lies in the journal into the database, in order. */
@Injectable()
export class JournalReplay {
  constructor(
    private readonly journal: Journal,
    private readonly inserter: Inserter,
    private readonly events: EventMaker,
    private readonly log: Log,
  ) {}

  /** Makes the journals of dead processes part of this one's. */
  async adopt(): Promise<void> {
    try {
      await this.journal.adopt();
    } catch (error) {
      this.log.error({ err: error }, 'the journals of other processes cannot be taken over');
    }
  }

  /**
   * Replays the oldest file. Cut off half-way it begins at its start once more: what is in the
   * database already is left alone. Returns an event when lines of the file were damaged.
   */
  async replayOldest(): Promise<PendingEvent | null> {
    try {
      const found = await this.journal.readOldest();
      if (!found) return null;
      for (let at = 0; at < found.events.length; at += BATCH) {
        const left = await this.inserter.insert(found.events.slice(at, at + BATCH));
        if (left.length > 0) return null;
      }
      await this.journal.remove(found);
      if (found.unreadable !== undefined) this.tellOf(found);
      return found.damaged.length > 0 ? this.damageOf(found) : null;
    } catch (error) {
      this.inserter.tryLater();
      this.log.error({ err: error }, 'the audit journal cannot be replayed');
      return null;
    }
  }

  private tellOf({ file, unreadable: reason }: Found): void {
    this.log.error(
      { file, reason },
      'a file of the audit journal cannot be read: it is set aside; see runbooks/audit-set-aside.md',
    );
  }

  private damageOf({ file, damaged: { length: lines } }: Found): PendingEvent {
    this.log.error({ file, lines }, 'lines of the audit journal are damaged: they are set aside');
    return this.events.make('audit.journal_damaged', { metadata: { file, lines } });
  }
}
