import { Injectable } from '@nestjs/common';
import { sqlQuery } from '#platform/database/plain-query';
import { Repository } from '#platform/database/repository';
import type { PendingEvent } from '../chain/audit-event.js';
import { EVENT_NAMES, EVENT_RECORD, recordOf } from '../chain/chain-rows.js';

const KEPT_AS = 'pending events';

@Injectable()
export class PendingRepository extends Repository {
  /** The statement of `insert()`, for the end of a transaction. */
  readonly lastInsert = { query: sqlQuery(INSERT_PENDING, KEPT_AS), valuesOf };

  /** Adds the events in one statement, in their order; one that is there already is left as it is. */
  async insert(events: readonly PendingEvent[]): Promise<void> {
    await this.sql(INSERT_PENDING, valuesOf(events), { keptAs: KEPT_AS });
  }
}

function valuesOf(events: readonly PendingEvent[]): [string] {
  return [JSON.stringify(events.map(pendingRecordOf))];
}

export function pendingRecordOf(event: PendingEvent) {
  return { ...recordOf(event), mac: event.mac };
}

/** Takes a JSON list of `pendingRecordOf()`. */
export const INSERT_PENDING = `INSERT INTO audit_pending (${EVENT_NAMES}, mac)
  SELECT ${EVENT_NAMES}, mac
  FROM json_to_recordset($1::json) AS event (${EVENT_RECORD}, mac text)
  ON CONFLICT (event_id) DO NOTHING`;
