import type { AuditArchive } from '#platform/database/generated/client';

/** What the signature of an archive is over. */
export function archiveStatement(archive: Omit<AuditArchive, 'signature'>): unknown[] {
  return [
    'aerie audit archive 1',
    String(archive.sequenceFrom),
    String(archive.sequenceTo),
    archive.lastHash,
    archive.fileSha256,
    archive.madeAt.toISOString(),
  ];
}
