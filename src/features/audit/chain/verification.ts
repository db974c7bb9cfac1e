import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditArchive } from '#platform/database/generated/client';
import { archiveStatement } from './archive-statement.js';
import type { AuditKeys } from './audit-keys.js';
import { proofOf, type Checkpoint } from './checkpoint.js';
import { GENESIS, hashOf, type ChainEntry, type Link } from './entry-hash.js';

/** Where the chain is read from. */
export interface ChainSource {
  /** The next entries above the sequence, in order. */
  readEntries(above: bigint, limit: number): Promise<ChainEntry[]>;
  /** In order. */
  readArchives(): Promise<AuditArchive[]>;
}

export interface Verdict {
  readonly valid: boolean;
  /** Entries that were looked at. */
  readonly checked: number;
  /** The last one that was. */
  readonly lastSequence: bigint;
  /** From here on the trail cannot be trusted. */
  readonly firstBadSequence?: bigint;
  readonly reason?: string;
}

export interface VerificationOptions {
  /** Begins behind this link, which is taken for good; at the very beginning unless given. */
  readonly from?: Link;
  readonly onProgress?: (checked: number) => void;
}

const PAGE = 500;

/** Something is wrong with the chain, from this sequence on. */
class Bad extends Error {
  constructor(
    readonly sequence: bigint,
    reason: string,
  ) {
    super(reason);
  }
}

/**
 * Goes through the chain once, from entry to entry: every hash, every link, no gap, what archives
 * cover, and every signed checkpoint. A page at a time, with a turn of the event loop between.
 */
export class Verification {
  private checked = 0;
  private at: Link = GENESIS;
  /** Up to here the chain is what was signed. */
  private proved = 0n;
  private next = 0;

  constructor(
    private readonly source: ChainSource,
    private readonly checkpoints: readonly Checkpoint[],
    private readonly keys: AuditKeys,
  ) {}

  async run({ from, onProgress }: VerificationOptions = {}): Promise<Verdict> {
    try {
      this.checkSignatures();
      await this.begin(from);
      await this.walk(onProgress);
      this.checkTail();
    } catch (error) {
      if (!(error instanceof Bad)) throw error;
      return { ...this.verdict(false), firstBadSequence: error.sequence, reason: error.message };
    }
    return this.verdict(true);
  }

  private verdict(valid: boolean): Verdict {
    return { valid, checked: this.checked, lastSequence: this.at.sequence };
  }

  private checkSignatures(): void {
    for (const checkpoint of this.checkpoints) {
      if (proofOf(checkpoint, this.keys) === 'bad') {
        throw new Bad(checkpoint.sequence, `the checkpoint at ${checkpoint.sequence} was altered`);
      }
    }
  }

  private async begin(from: Link | undefined): Promise<void> {
    if (from) {
      this.at = from;
      this.proved = from.sequence;
    } else {
      this.at = await this.archivedTo(GENESIS);
    }
    this.passCheckpoints();
  }

  private async walk(onProgress: VerificationOptions['onProgress']): Promise<void> {
    for (;;) {
      const entries = await this.source.readEntries(this.at.sequence, PAGE);
      for (const entry of entries) await this.step(entry);
      if (entries.length < PAGE) return;
      onProgress?.(this.checked);
      await nextTurn();
    }
  }

  private async step(entry: ChainEntry): Promise<void> {
    if (entry.sequence !== this.at.sequence + 1n) {
      // archived meanwhile, or deleted
      this.at = await this.archivedTo(this.at);
      if (entry.sequence <= this.at.sequence) return;
      if (entry.sequence !== this.at.sequence + 1n) {
        throw new Bad(this.at.sequence + 1n, `entry ${this.at.sequence + 1n} is missing`);
      }
    }
    if (!isLinked(entry, this.at)) {
      throw new Bad(entry.sequence, `entry ${entry.sequence} is not what was recorded there`);
    }
    this.at = { sequence: entry.sequence, hash: entry.hash };
    this.checked++;
    this.passCheckpoints();
  }

  /** Compares what was signed of the entry at hand; what was signed of those before has been. */
  private passCheckpoints(): void {
    for (;;) {
      const checkpoint = this.checkpoints[this.next];
      if (!checkpoint || checkpoint.sequence > this.at.sequence) return;
      this.next++;
      if (checkpoint.sequence < this.at.sequence) continue;
      if (checkpoint.hash !== this.at.hash && this.isKnown(checkpoint)) {
        throw new Bad(
          this.proved + 1n,
          `the chain was computed anew somewhere from entry ${this.proved + 1n} on: it is not the one that was signed at ${checkpoint.sequence}`,
        );
      }
      this.proved = checkpoint.sequence;
    }
  }

  private checkTail(): void {
    const rest = this.checkpoints.slice(this.next).filter((checkpoint) => this.isKnown(checkpoint));
    if (rest.length === 0) return;
    const first = this.at.sequence + 1n;
    throw new Bad(
      first,
      `the chain ends at ${this.at.sequence}, but went on to ${rest.at(-1)!.sequence} when it was signed: the tail from ${first} on was cut off`,
    );
  }

  /** One by a key that is not ours any more says nothing. */
  private isKnown(checkpoint: Checkpoint): boolean {
    return proofOf(checkpoint, this.keys) === 'good';
  }

  /** Follows the archives that continue the chain behind the link, each signed. */
  private async archivedTo(link: Link): Promise<Link> {
    let end = link;
    for (const archive of await this.source.readArchives()) {
      if (archive.sequenceTo <= end.sequence) continue;
      if (archive.sequenceFrom > end.sequence + 1n) break;
      const proof = this.keys.checkSignature(archiveStatement(archive), archive.signature);
      if (proof === 'bad') {
        throw new Bad(
          archive.sequenceFrom,
          `the record of the archive from ${archive.sequenceFrom} to ${archive.sequenceTo} was altered`,
        );
      }
      end = { sequence: archive.sequenceTo, hash: archive.lastHash };
    }
    return end;
  }
}

function isLinked(entry: ChainEntry, previous: Link): boolean {
  try {
    return hashOf(entry, entry.sequence, previous.hash) === entry.hash;
  } catch {
    return false; // whoever altered it wrote what cannot even be put into words
  }
}
