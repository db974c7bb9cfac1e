import type { AuditArchive } from '#platform/database/generated/client';
import { archiveStatement } from '../chain/archive-statement.js';
import type { AuditKeys, Proof } from '../chain/audit-keys.js';

/** What lies beside an archive and says what is in it. Its signature is the one in `audit_archives`. */
export interface ArchiveManifest extends AuditArchive {
  /** Of which database, as checkpoints name it. */
  readonly database: string;
  /** Hash of the entry before the first. */
  readonly previousHash: string;
}

export function proofOf(archive: AuditArchive, keys: AuditKeys): Proof {
  return keys.checkSignature(archiveStatement(archive), archive.signature);
}

/** As it lies in its file. */
export function textOf({ sequenceFrom, sequenceTo, ...rest }: ArchiveManifest): string {
  const range = { sequenceFrom: String(sequenceFrom), sequenceTo: String(sequenceTo) };
  return `${JSON.stringify({ ...range, ...rest }, null, 2)}\n`;
}

/** Throws what a `JSON.parse` throws, or says what is missing. */
export function readManifest(text: string): ArchiveManifest {
  const read = JSON.parse(text) as Record<keyof ArchiveManifest, string>;
  const madeAt = new Date(read.madeAt);
  const { database, previousHash, lastHash, fileSha256, signature } = read;
  for (const part of [database, previousHash, lastHash, fileSha256, signature]) {
    if (typeof part !== 'string') throw new Error('it lacks some of its parts');
  }
  if (Number.isNaN(madeAt.getTime())) throw new Error('it does not say when it was made');
  return {
    database,
    previousHash,
    lastHash,
    fileSha256,
    signature,
    madeAt,
    sequenceFrom: BigInt(read.sequenceFrom),
    sequenceTo: BigInt(read.sequenceTo),
  };
}
