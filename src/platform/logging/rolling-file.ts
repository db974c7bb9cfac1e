import { once } from 'node:events';
import { join } from 'node:path';
import roll, { type RollStream } from 'pino-roll';

export interface FileOptions {
  readonly directory: string;
  /** From this size on the next file is begun. */
  readonly bytes: number;
  /** How many files of a kind are kept. */
  readonly count: number;
}

const MOST_KEPT = 4 * 1_048_576;
const RETRY_MS = 1_000;
const CLOSE_WITHIN_MS = 2_000;

/**
 * One kind of file, rolled by size and every day by pino-roll. What cannot be written waits in
 * bounded memory and is tried again every second; what does not fit is dropped and counted.
 */
export class RollingFile {
  trouble: string | undefined;
  dropped = 0;
  private stream: RollStream | undefined;
  private kept = '';
  private underWay = '';
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly kind: string,
    private readonly options: FileOptions,
    private readonly onChange: () => void,
  ) {}

  /** Never throws: what is wrong is `trouble`, and it is tried again. */
  async open(): Promise<void> {
    try {
      const stream = await roll(this.rollOptions);
      await once(stream, 'ready'); // throws when 'error' comes first
      this.listen(stream);
      this.stream = stream;
      this.recovered();
      await this.write('');
    } catch (error) {
      this.failed(error as Error);
    }
  }

  /** Resolves when the text is in the file, or waits for better times. */
  async write(text: string): Promise<void> {
    if (!this.stream) return this.keep(text);
    const all = this.kept + text;
    this.kept = '';
    if (all === '') return;
    if (!this.trouble) this.underWay += all; // only a healthy stream goes on to another file
    const written = this.nextTurn(this.stream);
    this.stream.write(all);
    await written;
  }

  async close(): Promise<void> {
    clearTimeout(this.retry);
    const { stream } = this;
    if (!stream) return;
    if (this.trouble) {
      const turn = this.nextTurn(stream); // one last try
      stream.write('');
      await turn;
    }
    this.stream = undefined;
    const closed = once(stream, 'close').catch(() => undefined);
    stream.end();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS))]);
  }

  private get rollOptions() {
    const { directory, bytes, count } = this.options;
    return {
      file: join(directory, this.kind),
      extension: '.log',
      size: `${bytes}b`,
      frequency: 'daily' as const,
      dateFormat: 'yyyy-MM-dd',
      // the new file may or may not be counted while the old ones are removed
      limit: { count: Math.max(count - 1, 1), removeOtherLogFiles: true },
      mkdir: true,
      mode: 0o640,
      maxLength: MOST_KEPT,
    };
  }

  private listen(stream: RollStream): void {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // after a file that could not be opened the stream would close the one before twice
      if (error.syscall === 'open') this.abandon(stream);
      this.failed(error);
    });
    stream.on('drain', () => {
      this.underWay = '';
      this.recovered();
    });
    stream.on('drop', (text: string) => this.drop(text));
  }

  /** Settles when the stream has written what it has, or failed. */
  private nextTurn(stream: RollStream): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stream.off('drain', done).off('error', done);
        resolve();
      };
      stream.on('drain', done).on('error', done);
    });
  }

  private abandon(stream: RollStream): void {
    if (stream !== this.stream) return;
    this.stream = undefined;
    this.keep(this.underWay);
    this.underWay = '';
    stream.destroy();
  }

  private keep(text: string): void {
    if (this.kept.length + text.length > MOST_KEPT) this.drop(text);
    else this.kept += text;
  }

  private drop(text: string): void {
    this.dropped += text.split('\n').length - 1;
  }

  private failed({ message }: Error): void {
    this.retry ??= setTimeout(() => {
      this.retry = undefined;
      this.onChange(); // more may have been dropped
      if (this.stream) this.stream.write('');
      else void this.open();
    }, RETRY_MS);
    this.change(message);
  }

  private recovered(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.change(undefined);
  }

  private change(trouble: string | undefined): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.onChange();
  }
}
