import type { IncomingMessage } from 'node:http';
import { ClientGone, PayloadTooLarge, UnsupportedMediaType } from '#platform/errors/problems';
import { isOfKind, LONGEST_SIGNATURE, type FileKind } from './file-kinds.js';
import type { Pace } from './pace.js';

/** A file that is arriving. Nothing of it is kept: whoever reads it decides where it goes. */
export class Upload {
  constructor(
    private readonly source: IncomingMessage,
    readonly type: FileKind,
    /** What the client calls it, if it does; safe to show, and not for use as a path. */
    readonly name: string | null,
    private readonly maxBytes: number,
    private readonly pace: Pace,
  ) {}

  /**
   * The bytes as they come, once. Throws `PayloadTooLarge` at the first byte beyond the bound,
   * `UnsupportedMediaType` when the file is not what it is said to be, `ClientGone` when it ends early.
   */
  async *read(): AsyncGenerator<Buffer> {
    let total = 0;
    let beginning: Buffer | null = Buffer.alloc(0);
    const watch = this.pace.watch(this.source);
    try {
      for await (const chunk of this.source as AsyncIterable<Buffer>) {
        watch.arrived(chunk.length);
        total += chunk.length;
        if (total > this.maxBytes) throw new PayloadTooLarge();
        if (beginning) {
          beginning = Buffer.concat([beginning, chunk]);
          if (beginning.length < LONGEST_SIGNATURE) continue;
          this.requireKind(beginning);
          yield beginning;
          beginning = null;
        } else yield chunk;
        watch.waits();
      }
    } catch (error) {
      throw isCutOff(error) ? new ClientGone({ cause: error }) : error;
    } finally {
      watch.stop();
    }
    if (!this.source.complete) throw new ClientGone();
    if (!beginning) return;
    this.requireKind(beginning);
    yield beginning;
  }

  private requireKind(beginning: Buffer): void {
    if (isOfKind(this.type, beginning)) return;
    throw new UnsupportedMediaType({ detail: `The file is not ${this.type}.` });
  }
}

function isCutOff(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}
