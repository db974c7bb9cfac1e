import { Injectable } from '@nestjs/common';
import { Repository } from '#platform/database/repository';
import type { PendingEvent } from '../chain/audit-event.js';
import { EVENT_NAMES, EVENT_RECORD, recordOf } from '../chain/chain-rows.js';

@Injectable()
export class PendingRepository extends Repository {
  /**
   * Adds the events in one statement, in their order; one that is there already is left as it is.
   * Within a transaction they are committed with it or not at all.
   */
  async insert(events: readonly PendingEvent[]): Promise<void> {
    const records = JSON.stringify(events.map(pendingRecordOf));
    await this.sql(INSERT_PENDING, [records], { keptAs: 'pending events' });
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
