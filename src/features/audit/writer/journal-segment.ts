import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;

/** One file of the journal, to which its process appends. */
export class JournalSegment {
  bytes = 0;

  private constructor(
    readonly file: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(file: string): Promise<JournalSegment> {
    const handle = await open(file, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, 0o600);
    // the name has to survive a power cut, too
    const directory = await open(dirname(file));
    await directory.sync();
    await directory.close();
    return new JournalSegment(file, handle);
  }

  /** Resolves when the text is on disk. When it throws, nothing of the text is left in the file. */
  async append(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    try {
      await this.handle.appendFile(bytes);
      await this.handle.datasync();
    } catch (error) {
      await this.handle.truncate(this.bytes).catch(() => undefined); // then its end is a torn line
      throw error;
    }
    this.bytes += bytes.length;
  }

  /** Whether the file has its name still: another process that took this one for dead renames it. */
  async isInPlace(): Promise<boolean> {
    const [mine, there] = await Promise.all([
      this.handle.stat(),
      stat(this.file).catch(() => null),
    ]);
    return there !== null && there.ino === mine.ino;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
