import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database/database';
import type { LastStatement } from '#platform/database/transactions';
import type { PendingEvent } from '../chain/audit-event.js';
import { Sealer } from '../chain/sealer.js';
import { WriterFigures } from './figures.js';
import { PendingRepository } from './pending.repository.js';

/** The way into the database: adds events to what is pending, and has them sealed once they are committed. */
@Injectable()
export class Intake {
  private readonly insertLast: LastStatement<PendingEvent>;

  constructor(
    private readonly pending: PendingRepository,
    private readonly sealer: Sealer,
    private readonly figures: WriterFigures,
    private readonly database: Database,
  ) {
    const onCommitted = (count: number) => figures.written(count);
    this.insertLast = { ...pending.lastInsert, onCommitted };
  }

  /** Within a transaction they are committed with it or not at all. Throws `DatabaseUnavailable`. */
  async add(events: readonly PendingEvent[]): Promise<void> {
    if (this.database.isInTransaction) this.database.addLast(this.insertLast, events);
    else {
      await this.pending.insert(events);
      this.figures.written(events.length);
    }
    this.database.whenSettled(() => this.sealer.nudge(events.length));
  }
}
