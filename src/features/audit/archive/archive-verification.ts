import { readFile } from 'node:fs/promises';
import type { AuditArchive } from '#platform/database/generated/client';
import type { AuditKeys } from '../chain/audit-keys.js';
import { proofOf as checkpointProof, type Checkpoint } from '../chain/checkpoint.js';
import { hashOf, type Link } from '../chain/entry-hash.js';
import { manifestPathOf, readEntries, sha256Of } from './archive-file.js';
import { proofOf, readManifest, type ArchiveManifest } from './archive-manifest.js';

/** The file is not the archive that was made. */
export class ArchiveRefused extends Error {}

/** What an archive is compared with, beside itself. */
export interface ArchiveWitnesses {
  /** Of `audit_archives`; undefined when the database is not asked. */
  readonly archives?: readonly AuditArchive[];
  readonly checkpoints: readonly Checkpoint[];
}

/** Proves an archive: its signature, its bytes, every entry and link, and its place in the chain. Throws `ArchiveRefused`. */
export async function verifyArchive(
  path: string,
  keys: AuditKeys,
  { archives, checkpoints }: ArchiveWitnesses,
): Promise<ArchiveManifest> {
  const manifest = await manifestOf(path);
  const proof = proofOf(manifest, keys);
  if (proof === 'bad') throw new ArchiveRefused('its manifest was altered');
  if (proof === 'unknown key') {
    throw new ArchiveRefused('it is signed by a key that is not among AUDIT_SIGNING_KEYS');
  }
  if ((await sha256Of(path)) !== manifest.fileSha256) {
    throw new ArchiveRefused('the file is not the one that was signed');
  }
  const signed = checkpoints.filter(
    (checkpoint) =>
      checkpoint.database === manifest.database && checkpointProof(checkpoint, keys) === 'good',
  );
  await walk(path, manifest, new Map(signed.map(({ sequence, hash }) => [sequence, hash])));
  if (archives) findPlace(manifest, archives);
  return manifest;
}

async function manifestOf(path: string): Promise<ArchiveManifest> {
  const beside = manifestPathOf(path);
  try {
    return readManifest(await readFile(beside, 'utf8'));
  } catch (error) {
    throw new ArchiveRefused(`its manifest ${beside} cannot be read`, { cause: error });
  }
}

async function walk(
  path: string,
  { sequenceFrom, sequenceTo, previousHash, lastHash }: ArchiveManifest,
  signed: ReadonlyMap<bigint, string>,
): Promise<void> {
  let at: Link = { sequence: sequenceFrom - 1n, hash: previousHash };
  for await (const entry of readEntries(path)) {
    const { sequence, hash } = entry;
    if (sequence !== at.sequence + 1n || hashOf(entry, sequence, at.hash) !== hash) {
      throw new ArchiveRefused(`entry ${at.sequence + 1n} is not what was recorded there`);
    }
    if ((signed.get(sequence) ?? hash) !== hash) {
      throw new ArchiveRefused(`entry ${sequence} is not the one that was signed`);
    }
    at = { sequence, hash };
  }
  if (at.sequence !== sequenceTo || at.hash !== lastHash) {
    throw new ArchiveRefused(`it ends at entry ${at.sequence}, which is not its end`);
  }
}

function findPlace(manifest: ArchiveManifest, archives: readonly AuditArchive[]): void {
  const index = archives.findIndex(({ sequenceFrom }) => sequenceFrom === manifest.sequenceFrom);
  const own = archives[index];
  if (own?.sequenceTo !== manifest.sequenceTo || own.fileSha256 !== manifest.fileSha256) {
    throw new ArchiveRefused('the database has no record of it: its entries are not removed by it');
  }
  const before = archives[index - 1];
  if (before && before.lastHash !== manifest.previousHash) {
    throw new ArchiveRefused('it does not continue the archive before it');
  }
}
