import { randomUUID } from 'node:crypto';
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { markOfThisProcess } from '#platform/lifecycle/process-mark';
import type { PendingEvent } from '../chain/audit-event.js';
import { lineOf, readLines } from './journal-lines.js';
import { isOfLiving, oldestFirst, originOf } from './journal-names.js';
import { JournalSegment } from './journal-segment.js';

const EXTENSION = '.journal';
const ASIDE = '.aside';
const SEGMENT_BYTES = 4 * 1024 * 1024;

/** What the machine lacks for a moment, and the file has no part in. */
const PASSING = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EINTR']);

/** The journal has reached its bound. */
export class JournalFull extends Error {}

/** What was found in one file of the journal. */
export interface Found {
  readonly file: string;
  readonly events: PendingEvent[];
  readonly damaged: readonly string[];
  /** Why the whole file was set aside, as it is. */
  readonly unreadable?: string;
}

/**
 * Where events wait on disk while the database is away: files in `DATA_DIR/audit/journal`, of which
 * each process appends to its own. Whoever replays a file of another takes it by renaming it, reads it
 * only then, and its owner, should it live after all, looks for the name before it acknowledges what
 * it appended. So nothing that was acknowledged can be lost between the two, whoever is taken for dead.
 */
@Injectable()
export class Journal {
  private readonly directory: string;
  private readonly mostBytes: number;
  private readonly prefix = `${markOfThisProcess().replace(' ', '-')}-${randomUUID().slice(0, 8)}`;
  /** Own files, the oldest first. */
  private readonly files: { readonly name: string; readonly bytes: () => number }[] = [];
  private current: JournalSegment | undefined;
  private made = 0;
  private readonly aside = new Set<string>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor({ DATA_DIR, AUDIT_JOURNAL_MAX_MB }: Config) {
    this.directory = join(DATA_DIR, 'audit', 'journal');
    this.mostBytes = AUDIT_JOURNAL_MAX_MB * 1024 * 1024;
  }

  /** What this process has in it. */
  get bytes(): number {
    return this.files.reduce((sum, { bytes }) => sum + bytes(), 0);
  }

  get isEmpty(): boolean {
    return this.files.length === 0;
  }

  /** Files of lines that wait for a human, as of the last look. */
  get filesAside(): number {
    return this.aside.size;
  }

  /** Resolves when the events are on disk. Throws `JournalFull`, or what the disk has to say. */
  append(events: readonly PendingEvent[]): Promise<void> {
    const text = events.map(lineOf).join('');
    return this.inTurn(async () => {
      if (this.bytes + Buffer.byteLength(text) > this.mostBytes) throw new JournalFull();
      while (!(await this.appendToSegment(text))) await this.endSegment();
    });
  }

  /** The oldest file, whole; null when there is none. What is appended from now on goes to another. */
  readOldest(): Promise<Found | null> {
    return this.inTurn(async () => {
      for (;;) {
        const [oldest] = this.files;
        if (!oldest) return null;
        if (this.current?.file === this.pathOf(oldest.name)) await this.endSegment();
        const found = await this.read(oldest.name);
        if (found) return found;
        this.files.shift(); // taken by another process, which replays it
      }
    });
  }

  /** What was found is in the database: the file goes, and only its damaged lines are left. */
  remove({ file, damaged }: Found): Promise<void> {
    return this.inTurn(async () => {
      // not at each try to replay it, nor at each start, which gives the file another name
      if (damaged.length > 0) {
        const text = damaged.map((line) => `${line}\n`).join('');
        await this.keepAside(file, (aside) => writeFile(aside, text, { mode: 0o600, flush: true }));
      }
      await rm(this.pathOf(file), { force: true });
      if (this.files[0]?.name === file) this.files.shift();
    });
  }

  /** Keeps an event that cannot be replayed for a human to look at. */
  async setAside(name: string, line: string): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await this.keepAside(name, (aside) => appendFile(aside, line, { mode: 0o600 }));
  }

  /** Lets go of the file at hand; what is appended later goes to another. */
  close(): Promise<void> {
    return this.inTurn(() => this.endSegment());
  }

  /** Makes the files of dead processes those of this one, to be read before its own. */
  adopt(): Promise<void> {
    return this.inTurn(async () => {
      const names = await readdir(this.directory).catch(() => []); // none was written yet
      this.aside.clear();
      for (const name of names.filter((file) => file.endsWith(ASIDE))) this.aside.add(name);
      const adopted: typeof this.files = [];
      try {
        const left = names.filter((name) => this.isLeft(name));
        for (const name of await oldestFirst(this.directory, left)) {
          const mine = this.nameOf(`-of-${originOf(name)}`);
          if (!(await isRenamed(this.pathOf(name), this.pathOf(mine)))) continue;
          const { size } = await stat(this.pathOf(mine));
          adopted.push({ name: mine, bytes: () => size });
        }
      } finally {
        this.files.unshift(...adopted); // one that cannot be taken over does not hide those before it
      }
    });
  }

  /** False when another process took the file, and may have read it before the text was there. */
  private async appendToSegment(text: string): Promise<boolean> {
    const segment = await this.segment();
    try {
      await segment.append(text);
    } catch (error) {
      await this.endSegment();
      throw error;
    }
    return segment.isInPlace();
  }

  private async segment(): Promise<JournalSegment> {
    if (this.current && this.current.bytes >= SEGMENT_BYTES) await this.endSegment();
    if (this.current) return this.current;
    await mkdir(this.directory, { recursive: true });
    const name = this.nameOf(EXTENSION);
    const segment = await JournalSegment.create(this.pathOf(name));
    this.files.push({ name, bytes: () => segment.bytes });
    this.current = segment;
    return segment;
  }

  private async endSegment(): Promise<void> {
    const segment = this.current;
    this.current = undefined;
    await segment?.close().catch(() => undefined);
  }

  private async read(name: string): Promise<Found | null> {
    let text: string;
    try {
      text = await readFile(this.pathOf(name), 'utf8');
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return null;
      if (PASSING.has(code)) throw error;
      // whatever it is, the files behind it need not wait until a human has mended it
      await this.keepAside(name, (aside) => rename(this.pathOf(name), aside));
      return { file: name, events: [], damaged: [], unreadable: message };
    }
    return { file: name, ...readLines(text) };
  }

  private nameOf(rest: string): string {
    return `${this.prefix}-${String(this.made++).padStart(6, '0')}${rest}`;
  }

  private isLeft(name: string): boolean {
    return name.endsWith(EXTENSION) && !name.startsWith(this.prefix) && !isOfLiving(name);
  }

  private async keepAside(of: string, put: (aside: string) => Promise<void>): Promise<void> {
    const name = `${of}${ASIDE}`;
    await put(this.pathOf(name));
    this.aside.add(name);
  }

  private pathOf(name: string): string {
    return join(this.directory, name);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work, work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

/** False when there is nothing to rename any more. */
async function isRenamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
