import type { QueryResultRow } from 'pg';
import type { AuditArchive } from '#platform/database/generated/client';
import type { AuditEvent } from './audit-event.js';
import { EVENT_COLUMNS } from './chain-rows.js';
import type { ChainEntry } from './entry-hash.js';
import type { ChainSource } from './verification.js';

type Query = <Row extends QueryResultRow>(
  text: string,
  values: readonly unknown[],
) => Promise<Row[]>;

interface LinkRow {
  readonly sequence: string;
  readonly hash: string;
}

interface ArchiveRow extends Omit<AuditArchive, 'sequenceFrom' | 'sequenceTo'> {
  readonly sequenceFrom: string;
  readonly sequenceTo: string;
}

/** The chain as it lies in the database, for the service and for scripts alike. */
export class DatabaseChain implements ChainSource {
  constructor(private readonly query: Query) {}

  async readEntries(above: bigint, limit: number): Promise<ChainEntry[]> {
    const rows = await this.query<AuditEvent & LinkRow>(
      `SELECT sequence::text, ${EVENT_COLUMNS}, hash FROM audit_logs
       WHERE audit_logs.sequence > $1::bigint ORDER BY audit_logs.sequence LIMIT $2::int`,
      [String(above), limit],
    );
    return rows.map((row) => Object.assign(row, { sequence: BigInt(row.sequence) }));
  }

  async readArchives(): Promise<AuditArchive[]> {
    const rows = await this.query<ArchiveRow>(
      `SELECT sequence_from::text AS "sequenceFrom", sequence_to::text AS "sequenceTo",
              last_hash AS "lastHash", file_sha256 AS "fileSha256", made_at AS "madeAt", signature
       FROM audit_archives ORDER BY audit_archives.sequence_from`,
      [],
    );
    return rows.map((row) =>
      Object.assign(row, {
        sequenceFrom: BigInt(row.sequenceFrom),
        sequenceTo: BigInt(row.sequenceTo),
      }),
    );
  }
}
