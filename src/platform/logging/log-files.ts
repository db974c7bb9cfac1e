import { pino } from 'pino';
import type { Config } from '../config/config.js';
import { projectFile } from '../config/project-file.js';
import type { FileOptions, FilesReport } from './log-file-writer.js';
import type { LogSink } from './log-sink.js';

/** A thread loads no TypeScript, so the build it is, whoever starts it. */
const WRITER = projectFile('dist/platform/logging/log-file-writer.js');
const MOST_WAITING = 64 * 1_048_576;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const CLOSE_WITHIN_MS = 5_000;

type Writer = ReturnType<typeof pino.transport>;
type Listener = (trouble: string | undefined) => void;

/** The log files when LOG_DIR says where to keep them. */
export function openLogFiles({
  LOG_DIR: directory,
  LOG_FILE_SIZE: bytes,
  LOG_FILE_COUNT: count,
}: Config): LogFiles | undefined {
  return directory === undefined ? undefined : new LogFiles({ directory, bytes, count });
}

/**
 * Hands lines to the thread that writes the files. What that thread cannot write in time is dropped
 * and counted; a thread that ends is replaced. Standard output has every line in any case.
 */
export class LogFiles implements LogSink {
  trouble: string | undefined;
  private writer: Writer | undefined;
  private listener: Listener | undefined;
  private droppedHere = 0;
  private droppedThere = 0;
  private droppedBefore = 0;
  private waiting = 0;
  private pauseMs = FIRST_PAUSE_MS;
  private isEnding = false;

  constructor(private readonly options: FileOptions) {
    this.start();
  }

  get dropped(): number {
    return this.droppedHere + this.droppedThere + this.droppedBefore;
  }

  /** Is told when the files cannot be written, and when they are again. */
  onTrouble(listener: Listener): void {
    this.listener = listener;
  }

  write(line: string): void {
    if (!this.writer || this.waiting > MOST_WAITING) {
      this.droppedHere++;
      return;
    }
    if (!this.writer.write(line)) this.waiting += line.length;
  }

  async end(): Promise<void> {
    this.isEnding = true;
    const { writer } = this;
    if (!writer) return;
    const closed = new Promise<void>((resolve) => {
      writer.once('close', resolve);
      setTimeout(resolve, CLOSE_WITHIN_MS);
    });
    writer.end();
    this.writer = undefined;
    await closed;
  }

  private start(): void {
    const writer = pino.transport<FileOptions>({ target: WRITER, options: this.options });
    this.writer = writer;
    this.waiting = 0;
    writer.on('drain', () => {
      this.waiting = 0;
    });
    writer.on('report', ({ trouble, dropped }: FilesReport) => {
      this.droppedThere = dropped;
      this.pauseMs = FIRST_PAUSE_MS;
      this.say(trouble);
    });
    writer.once('error', (error: Error) => this.replace(writer, error.message));
    writer.once('close', () => this.replace(writer, 'the thread that writes them ended'));
    writer.on('error', () => undefined); // what comes after the first says nothing new
  }

  private replace(writer: Writer, reason: string): void {
    if (writer !== this.writer || this.isEnding) return;
    this.writer = undefined;
    this.droppedBefore += this.droppedThere;
    this.droppedThere = 0;
    this.say(reason);
    setTimeout(() => {
      if (!this.isEnding) this.start();
    }, this.pauseMs).unref();
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  private say(trouble: string | undefined): void {
    const hasChanged = (trouble === undefined) !== (this.trouble === undefined);
    this.trouble = trouble;
    if (hasChanged) this.listener?.(trouble);
  }
}
