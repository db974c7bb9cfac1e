import type { ClientBase, QueryResultRow } from 'pg';
import type { AuditArchive } from '#platform/database/generated/client';
import { DatabaseChain } from '../chain/chain-source.js';
import type { PendingEvent } from '../chain/audit-event.js';
import { GENESIS, type ChainEntry, type Link } from '../chain/entry-hash.js';
import { INSERT_PENDING, pendingRecordOf } from '../writer/pending.repository.js';

/** How the service, and a script that has nothing but an engine, reach the database. */
export interface DatabaseAccess {
  query<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /** A session of its own, without the time limits of requests. */
  session<T>(work: (session: ClientBase) => Promise<T>): Promise<T>;
}

/** Held by whoever archives, until it is committed. */
const ARCHIVING_LOCK = 72_707_371;

/** Another process archives, or did so meanwhile. */
export class ArchivedMeanwhile extends Error {}

/** The tables, as archiving sees them. */
export class ArchiveDatabase {
  private readonly chain: DatabaseChain;

  constructor(private readonly access: DatabaseAccess) {
    this.chain = new DatabaseChain((text, values) => access.query(text, values));
  }

  /** Where the last archive ended. */
  async findEnd(): Promise<Link> {
    const last = (await this.chain.readArchives()).at(-1);
    return last ? { sequence: last.sequenceTo, hash: last.lastHash } : GENESIS;
  }

  /** The last of the entries behind the link that are all older than that; null when there is none. */
  async findLastBefore(time: Date, behind: Link): Promise<bigint | null> {
    const [row] = await this.access.query<{ first: string | null; last: string | null }>(
      `SELECT
         (SELECT sequence FROM audit_logs WHERE audit_logs.time >= $1::timestamptz
          ORDER BY audit_logs.sequence LIMIT 1)::text AS first,
         (SELECT max(sequence) FROM audit_logs)::text AS last`,
      [time],
    );
    const { first, last } = row!;
    if (last === null) return null;
    const found = first === null ? BigInt(last) : BigInt(first) - 1n;
    return found > behind.sequence ? found : null;
  }

  /** The entries behind the link up to a sequence, a page at a time. */
  async *pages(behind: Link, upTo: bigint): AsyncGenerator<ChainEntry[]> {
    for (let at = behind.sequence; at < upTo;) {
      const page = await this.chain.readEntries(at, Math.min(500, Number(upTo - at)));
      if (page.length === 0) return;
      yield page;
      at = page.at(-1)!.sequence;
    }
  }

  /** Records the archive and removes what it has, with the event that says so: all or nothing. */
  async exchange(
    archive: AuditArchive,
    event: PendingEvent,
    onStep: (step: 'recorded' | 'removed') => void,
  ): Promise<void> {
    await this.access.session(async (session) => {
      await session.query('BEGIN');
      try {
        await this.exchangeIn(session, archive, event, onStep);
        await session.query('COMMIT');
      } catch (error) {
        await session.query('ROLLBACK').catch(() => undefined); // the session may be gone
        throw error;
      }
    });
  }

  private async exchangeIn(
    session: ClientBase,
    archive: AuditArchive,
    event: PendingEvent,
    onStep: (step: 'recorded' | 'removed') => void,
  ): Promise<void> {
    const from = String(archive.sequenceFrom);
    const to = String(archive.sequenceTo);
    await session.query('SELECT pg_advisory_xact_lock($1::bigint)', [ARCHIVING_LOCK]);
    const { rowCount } = await session.query(
      'SELECT 1 FROM audit_archives WHERE sequence_to >= $1::bigint',
      [from],
    );
    if (rowCount !== 0) throw new ArchivedMeanwhile('another process has archived these entries');
    await session.query(
      `INSERT INTO audit_archives (sequence_from, sequence_to, last_hash, file_sha256, made_at, signature)
       VALUES ($1::bigint, $2::bigint, $3, $4, $5, $6)`,
      [from, to, archive.lastHash, archive.fileSha256, archive.madeAt, archive.signature],
    );
    onStep('recorded');
    const removed = await session.query(
      'DELETE FROM audit_logs WHERE sequence BETWEEN $1::bigint AND $2::bigint',
      [from, to],
    );
    if (BigInt(removed.rowCount ?? 0) !== archive.sequenceTo - archive.sequenceFrom + 1n) {
      throw new Error('the entries in the table are not those in the archive');
    }
    await session.query(INSERT_PENDING, [JSON.stringify([pendingRecordOf(event)])]);
    onStep('removed');
  }
}
