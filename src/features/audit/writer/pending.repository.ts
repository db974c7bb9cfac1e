import { Injectable } from '@nestjs/common';
import { sqlQuery } from '#platform/database/plain-query';
import { Repository } from '#platform/database/repository';
import type { PendingEvent } from '../chain/audit-event.js';
import { EVENT_NAMES, EVENT_RECORD, recordOf } from '../chain/chain-rows.js';

const KEPT_AS = 'pending events';

@Injectable()
export class PendingRepository extends Repository {
  private readonly insertAll = {
    query: sqlQuery(INSERT_PENDING, KEPT_AS),
    valuesOf: (events: readonly PendingEvent[]) => [JSON.stringify(events.map(pendingRecordOf))],
  };

  /** Adds the events in one statement, in their order; one that is there already is left as it is. */
  async insert(events: readonly PendingEvent[]): Promise<void> {
    const { query, valuesOf } = this.insertAll;
    await this.sql(query.text, valuesOf(events), { keptAs: KEPT_AS });
  }

  /** The same at the end of the open transaction: they are committed with it or not at all. */
  insertLast(events: readonly PendingEvent[]): void {
    this.addLast(this.insertAll, events);
  }
}

export function pendingRecordOf(event: PendingEvent) {
  return { ...recordOf(event), mac: event.mac };
}

/** Takes a JSON list of `pendingRecordOf()`. */
export const INSERT_PENDING = `INSERT INTO audit_pending (${EVENT_NAMES}, mac)
  SELECT ${EVENT_NAMES}, mac
  FROM json_to_recordset($1::json) AS event (${EVENT_RECORD}, mac text)
  ON CONFLICT (event_id) DO NOTHING`;
