import { Injectable } from '@nestjs/common';
import { Repository } from '#platform/database/repository';
import type { PendingEvent } from './audit-event.js';
import { EVENT_COLUMNS, EVENT_NAMES, EVENT_RECORD, recordOf } from './chain-rows.js';
import { GENESIS, type ChainEntry, type Link } from './entry-hash.js';

/** Held by whoever adds to the chain, until it is committed. */
const SEALING_LOCK = 72707370;

/** The last entry of the chain, and what it was. */
export interface Head extends Link {
  readonly action: string | null;
}

/** A pending event that may have been sealed before, as after a replay. */
export interface TakenEvent extends PendingEvent {
  readonly isKnown: boolean;
}

interface LinkRow {
  readonly sequence: string;
  readonly hash: string;
  readonly action: string | null;
}

/** The chain, and what waits to be part of it. */
@Injectable()
export class ChainRepository extends Repository {
  /**
   * Takes up to `limit` pending events, the oldest first, and puts what `link` makes of them at the
   * end of the chain: both or neither. One process at a time does so; the others wait.
   */
  async move(
    limit: number,
    link: (head: Head, taken: TakenEvent[]) => ChainEntry[],
  ): Promise<{ taken: TakenEvent[]; added: ChainEntry[] }> {
    return this.transaction(async () => {
      // a statement of its own: what follows must see what the one before committed
      await this.sql('SELECT pg_advisory_xact_lock($1::bigint)::text', [SEALING_LOCK]);
      const taken = await this.sql<TakenEvent>(TAKE, [limit]);
      if (taken.length === 0) return { taken, added: [] };
      const added = link(await this.findHead(), taken);
      if (added.length > 0) await this.sql(APPEND, [JSON.stringify(added.map(entryRecordOf))]);
      return { taken, added };
    });
  }

  async hasPending(): Promise<boolean> {
    const [row] = await this.sql<{ some: boolean }>(
      'SELECT EXISTS (SELECT 1 FROM audit_pending) AS some',
    );
    return row!.some;
  }

  /** Where the chain ends; its last part may lie in an archive. */
  async findHead(): Promise<Head> {
    const [head] = await this.sql<LinkRow>(HEAD);
    return head ? { ...head, sequence: BigInt(head.sequence) } : { ...GENESIS, action: null };
  }

  /** The hash of an entry; null when it is not in the table. */
  async findHash(sequence: bigint): Promise<string | null> {
    const [row] = await this.sql<{ hash: string }>(
      'SELECT hash FROM audit_logs WHERE sequence = $1::bigint',
      [String(sequence)],
    );
    return row?.hash ?? null;
  }

  async findArchivedTo(): Promise<bigint> {
    const [row] = await this.sql<{ sequence: string }>(
      'SELECT coalesce(max(sequence_to), 0)::text AS sequence FROM audit_archives',
    );
    return BigInt(row!.sequence);
  }
}

function entryRecordOf(entry: ChainEntry) {
  return { sequence: String(entry.sequence), ...recordOf(entry), hash: entry.hash };
}

const TAKE = `WITH taken AS (
    DELETE FROM audit_pending
    WHERE id IN (SELECT id FROM audit_pending ORDER BY id LIMIT $1::int)
    RETURNING *
  )
  SELECT ${EVENT_COLUMNS}, mac,
    EXISTS (SELECT 1 FROM audit_logs WHERE audit_logs.event_id = taken.event_id) AS "isKnown"
  FROM taken ORDER BY id`;

const HEAD = `SELECT sequence::text, hash, action FROM (
    (SELECT sequence, hash, action FROM audit_logs ORDER BY sequence DESC LIMIT 1)
    UNION ALL
    (SELECT sequence_to, last_hash, NULL FROM audit_archives ORDER BY sequence_to DESC LIMIT 1)
  ) AS ends ORDER BY ends.sequence DESC LIMIT 1`;

const APPEND = `INSERT INTO audit_logs (sequence, ${EVENT_NAMES}, hash)
  SELECT sequence, ${EVENT_NAMES}, hash
  FROM json_to_recordset($1::json) AS entry (sequence bigint, ${EVENT_RECORD}, hash text)
  ORDER BY sequence`;
