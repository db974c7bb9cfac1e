import type { Config } from '#platform/config/config';
import type { AuditKeys, Proof } from './audit-keys.js';
import type { Link } from './entry-hash.js';

/** Where the chain stood at a time, signed: neither its tail nor all of it can be replaced unseen. */
export interface Checkpoint extends Link {
  /** Of which database: one data directory may have served several, each with a chain of its own. */
  readonly database: string;
  readonly time: Date;
  readonly signature: string;
}

/** What the signature of a checkpoint is over. */
export function checkpointStatement({
  database,
  sequence,
  hash,
  time,
}: Omit<Checkpoint, 'signature'>): unknown[] {
  return ['aerie audit checkpoint 1', database, String(sequence), hash, time.toISOString()];
}

export function proofOf(checkpoint: Checkpoint, keys: AuditKeys): Proof {
  return keys.checkSignature(checkpointStatement(checkpoint), checkpoint.signature);
}

/** As it lies in files and is posted. */
export function jsonOf({ database, sequence, hash, time, signature }: Checkpoint) {
  return { database, sequence: String(sequence), hash, time: time.toISOString(), signature };
}

/** Null for what is none, such as a line that a kill cut off. */
export function readCheckpoint(line: string): Checkpoint | null {
  try {
    const { database, sequence, hash, time, signature } = JSON.parse(line) as Record<
      string,
      string
    >;
    const at = new Date(time!);
    if (!database || !hash || !signature || Number.isNaN(at.getTime())) return null;
    return { database, sequence: BigInt(sequence!), hash, time: at, signature };
  } catch {
    return null;
  }
}

/** What the checkpoints of the database that is configured are called by. */
export function databaseOf({ DATABASE_URL: url }: Pick<Config, 'DATABASE_URL'>): string {
  if (url === undefined || url === 'embedded') return 'embedded';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
