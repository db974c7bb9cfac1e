import { pino } from 'pino';
import type { LogSink } from './log-sink.js';

const MOST_WAITING_BYTES = 32 * 1_048_576;
const PATIENCE_MS = 10_000;

/**
 * Standard output, written to behind the work at hand. Whoever reads it slowly is waited for in
 * bounded memory; a full disk behind it or a reader that has left does not end the service.
 */
export class StandardOutput implements LogSink {
  dropped = 0;
  trouble: string | undefined;
  private isIdle = true;
  private hasReader = true;
  private giveUpAt = Infinity;
  private readonly stream = pino.destination({
    dest: 1,
    sync: false,
    maxLength: MOST_WAITING_BYTES,
    retryEAGAIN: () => performance.now() < this.giveUpAt,
  });

  constructor() {
    // pino's own listener lets every error but a broken pipe end the process
    this.stream.removeAllListeners('error');
    this.stream.on('error', (error: NodeJS.ErrnoException) => {
      this.trouble = `standard output: ${error.message}`;
      if (error.code === 'EPIPE') this.hasReader = false;
    });
    this.stream.on('write', () => {
      this.trouble = undefined;
    });
    this.stream.on('drain', () => {
      this.isIdle = true;
    });
    this.stream.on('drop', () => {
      this.dropped++;
    });
    this.flushAtExit();
  }

  write(line: string): void {
    if (!this.hasReader) {
      this.dropped++;
      return;
    }
    this.isIdle = false;
    this.stream.write(line);
  }

  /** Waits as long as somebody goes on reading. */
  end(): Promise<void> {
    if (this.isIdle || this.trouble) return Promise.resolve();
    return new Promise((resolve) => {
      let patience = setTimeout(resolve, PATIENCE_MS);
      this.stream.on('write', () => {
        clearTimeout(patience);
        patience = setTimeout(resolve, PATIENCE_MS);
      });
      this.stream.once('drain', resolve);
      this.stream.once('error', resolve);
    });
  }

  /** pino flushes at the exit, but for ever where nothing can be written any more. */
  private flushAtExit(): void {
    const flush = this.stream.flushSync.bind(this.stream);
    this.stream.flushSync = () => {
      if (this.trouble) return;
      this.giveUpAt = performance.now() + PATIENCE_MS;
      try {
        flush();
      } catch {
        // there is nobody left to tell
      }
    };
  }
}
