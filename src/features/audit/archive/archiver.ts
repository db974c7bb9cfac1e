import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AuditArchive } from '#platform/database/generated/client';
import { archiveStatement } from '../chain/archive-statement.js';
import type { AuditKeys } from '../chain/audit-keys.js';
import { proofOf as checkpointProof, type Checkpoint } from '../chain/checkpoint.js';
import { hashOf, type ChainEntry, type Link } from '../chain/entry-hash.js';
import type { EventMaker } from '../event-maker.js';
import type { ArchiveDatabase } from './archive-database.js';
import { keep, removePartial, writeEntries } from './archive-file.js';
import type { ArchiveStanding } from './archive-standing.js';
import { textOf, type ArchiveManifest } from './archive-manifest.js';

export interface ArchiveOptions {
  /** Archives entries that are older than this, as far as no newer one lies between. */
  readonly before: Date;
  readonly isDryRun?: boolean;
  /** Called behind each step, with the archive that it belongs to. */
  readonly onStep?: (step: Step, archive: { file: string; entries: number }) => void;
}

export type Step = 'written' | 'named' | 'recorded' | 'removed' | 'committed';

/** So many entries at most go into one file, and out of the table in one transaction. */
const MOST_IN_A_FILE = 20_000;

type Place = { -readonly [Part in keyof Link]: Link[Part] };

/** What is to be archived is not what was recorded: nothing is removed, so that it can be looked into. */
export class TrailAltered extends Error {}

/**
 * Moves the oldest entries to signed files. First the file is whole on disk, then one transaction
 * records it and removes the rows: killed anywhere in between, nothing is lost.
 */
export class Archiver {
  private readonly checkpoints: ReadonlyMap<bigint, Checkpoint>;

  constructor(
    private readonly database: ArchiveDatabase,
    private readonly keys: AuditKeys,
    private readonly events: EventMaker,
    private readonly standing: ArchiveStanding,
  ) {
    this.checkpoints = new Map(standing.checkpoints.map((it) => [it.sequence, it]));
  }

  /** Returns how many entries were archived, or would be. Throws `TrailAltered`. */
  async run({ before, isDryRun = false, onStep = () => {} }: ArchiveOptions): Promise<number> {
    let end = await this.database.findEnd();
    const last = await this.database.findLastBefore(before, end);
    if (last === null) return 0;
    if (isDryRun) return Number(last - end.sequence);
    await removePartial(this.standing.directory);
    const begun = end.sequence;
    while (end.sequence < last) {
      const most = end.sequence + BigInt(MOST_IN_A_FILE);
      end = await this.archive(end, most < last ? most : last, onStep);
    }
    return Number(last - begun);
  }

  private async archive(
    behind: Link,
    upTo: bigint,
    onStep: NonNullable<ArchiveOptions['onStep']>,
  ): Promise<Link> {
    const { directory, database } = this.standing;
    const from = behind.sequence + 1n;
    const entries = Number(upTo - behind.sequence);
    const partial = join(directory, `${from}-${upTo}-${randomUUID()}`);
    const end = { ...behind };
    const fileSha256 = await writeEntries(partial, this.checked(end, upTo));
    const facts = {
      sequenceFrom: from,
      sequenceTo: upTo,
      lastHash: end.hash,
      fileSha256,
      madeAt: new Date(),
    };
    const archive: AuditArchive = {
      ...facts,
      signature: this.keys.sign(archiveStatement(facts)),
    };
    const manifest: ArchiveManifest = { ...archive, database, previousHash: behind.hash };
    // the hash: two chains in one directory have entries of the same number
    const file = `audit-${from}-${upTo}-${end.hash.slice(0, 12)}.ndjson.gz`;
    const tell = (step: Step) => onStep(step, { file, entries });
    tell('written');
    await keep(join(directory, file), partial, textOf(manifest));
    tell('named');
    const event = this.events.make('audit.archived', {
      metadata: { file, sequenceFrom: String(from), sequenceTo: String(upTo), fileSha256 },
    });
    await this.database.exchange(archive, event, tell);
    tell('committed');
    return end;
  }

  /** The entries, each found to be what was recorded there; `end` goes along. */
  private async *checked(end: Place, upTo: bigint) {
    for await (const page of this.database.pages({ ...end }, upTo)) {
      for (const entry of page) this.check(entry, end);
      yield page;
    }
    if (end.sequence !== upTo) throw new TrailAltered(`entry ${end.sequence + 1n} is missing`);
  }

  private check(entry: ChainEntry, end: Place): void {
    const { sequence, hash } = entry;
    if (sequence !== end.sequence + 1n || hashOf(entry, sequence, end.hash) !== hash) {
      throw new TrailAltered(`entry ${end.sequence + 1n} is not what was recorded there`);
    }
    const signed = this.checkpoints.get(sequence);
    if (signed && signed.hash !== hash && checkpointProof(signed, this.keys) === 'good') {
      throw new TrailAltered(`entry ${sequence} is not the one that was signed`);
    }
    end.sequence = sequence;
    end.hash = hash;
  }
}
