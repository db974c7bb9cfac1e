import { Readable } from 'node:stream';

const MOST_UNREAD_BYTES = 256 * 1_024;
const LAST_WORDS_MS = 1_000;

export interface LiveEvent {
  readonly name: string;
  readonly data: unknown;
  /** Where a client that lost its connection goes on; without one it is not repeated. */
  readonly id?: string;
}

/** Server-sent events as one client reads them. Who does not keep up is let go, and comes back by itself. */
export class EventClient extends Readable {
  constructor() {
    super({ highWaterMark: MOST_UNREAD_BYTES });
  }

  /** Nothing to do: what there is has been pushed. */
  override _read(): void {
    return undefined;
  }

  send({ name, data, id }: LiveEvent): void {
    if (this.destroyed || this.readableEnded) return;
    const line = id === undefined ? '' : `id: ${id}\n`;
    const hasRoom = this.push(`event: ${name}\n${line}data: ${JSON.stringify(data)}\n\n`);
    if (!hasRoom) this.destroy();
  }

  /** Says why, and ends the stream, whether or not anybody reads it to the end. */
  close(reason: 'stopping' | 'signed-out'): void {
    this.send({ name: 'bye', data: { reason } });
    if (!this.destroyed) this.push(null);
    setTimeout(() => this.destroy(), LAST_WORDS_MS).unref();
  }
}
