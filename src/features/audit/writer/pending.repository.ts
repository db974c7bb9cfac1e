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
    const records = events.map((event) => ({ ...recordOf(event), mac: event.mac }));
    await this.sql(INSERT, [JSON.stringify(records)]);
  }
}

const INSERT = `INSERT INTO audit_pending (${EVENT_NAMES}, mac)
  SELECT ${EVENT_NAMES}, mac
  FROM json_to_recordset($1::json) AS event (${EVENT_RECORD}, mac text)
  ON CONFLICT (event_id) DO NOTHING`;
