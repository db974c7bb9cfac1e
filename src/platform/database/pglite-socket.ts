import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';

const STARTUP = 'startup';
// Query, Sync, Flush, CopyDone, CopyFail: the messages after which a server answers
const ENDS_BATCH = new Set(['Q', 'S', 'H', 'c', 'f', STARTUP]);

/**
 * The socket of a `pg` client, ending in PGlite instead of the network. `pg` speaks the real wire
 * protocol; what it writes is handed over in whole batches (up to Sync or Query), because PGlite,
 * like the server, skips to the next Sync after an error only within one batch.
 */
export class PGliteSocket extends Duplex {
  private pending: Buffer = Buffer.alloc(0);
  private isStarted = false;

  constructor(private readonly db: PGlite) {
    super();
  }

  /** PGlite has one session, so each connection starts by clearing what the one before left. */
  connect(): this {
    const reset = async () => {
      await this.db.waitReady;
      if (this.db.isInTransaction()) await this.db.exec('ROLLBACK');
      await this.db.exec('DISCARD ALL'); // alone: it refuses the implicit transaction of a script
      await this.db.exec(`SET TimeZone = 'UTC'`);
    };
    reset().then(
      () => this.emit('connect'),
      (error: Error) => this.destroy(error),
    );
    return this;
  }

  // what `pg` asks of a net.Socket and means nothing here
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.pending = this.pending.length > 0 ? Buffer.concat([this.pending, chunk]) : chunk;
    const { end, isTerminated } = this.scan();
    if (isTerminated) {
      this.push(null);
      done();
      return;
    }
    if (end === 0) {
      done();
      return;
    }
    const batch = this.pending.subarray(0, end);
    this.pending = this.pending.subarray(end);
    this.run(batch).then(() => done(), done);
  }

  /** Walks the complete messages: where the last complete batch ends, and whether the client left. */
  private scan(): { end: number; isTerminated: boolean } {
    let end = 0;
    for (let at = 0; this.pending.length - at >= 5;) {
      const typeBytes = this.isStarted ? 1 : 0; // the startup packet has no type
      const next = at + typeBytes + this.pending.readInt32BE(at + typeBytes);
      if (next > this.pending.length) break;
      const type = this.isStarted ? String.fromCharCode(this.pending[at]!) : STARTUP;
      if (type === 'X') return { end, isTerminated: true };
      this.isStarted = true;
      at = next;
      if (ENDS_BATCH.has(type)) end = at;
    }
    return { end, isTerminated: false };
  }

  private async run(batch: Buffer): Promise<void> {
    await nextTurn(); // PGlite runs to completion in microtasks: let timers and real sockets in between
    await this.db.runExclusive(() =>
      this.db.execProtocolRawStream(batch, {
        onRawData: (data) => void this.push(Buffer.from(data)),
      }),
    );
  }
}
