import { LRUCache } from 'lru-cache';
import { forEverybody } from '../telemetry/request-context.js';
import type { Soon } from '../waiting/soon.js';

const MOST_ROWS = 10_000;

export interface RowCacheOptions {
  /** How long a row is good for when nobody says that it changed, in milliseconds. */
  readonly ttlMs: () => number;
  /** False while nobody can know whether rows have changed: then all are read anew. */
  readonly isTrusted: () => boolean;
  /** Whether what is read at the moment may never be committed: then it is for nobody else. */
  readonly isInTransaction: () => boolean;
  /** Runs it when what is being written is settled. */
  readonly whenSettled: (act: () => void) => void;
  /** Waits for a read that others wait for too, as long as the request at hand can. */
  readonly waitFor: <T>(shared: Promise<T>) => Promise<T>;
  /** Tells other processes that a row changed. */
  readonly announce: (id: string) => void;
}

/**
 * Rows that were read, until they change. For facts on which access depends: a row that is being
 * read while it changes is not kept, nothing is served beyond its time, and nothing while the
 * database is silent. At most 10,000 rows; the least used goes.
 */
export class RowCache<Row extends object> {
  private readonly rows = new LRUCache<string, { row: Row; readAt: number }>({ max: MOST_ROWS });
  private readonly reading = new Map<string, Promise<Row | null>>();
  /** Counts changes, so that a read that began before one is told from those after it. */
  private changes = 0;

  constructor(private readonly options: RowCacheOptions) {}

  /** The row: at once when it is kept, else read; null when there is none, which is not kept. */
  get(id: string, read: () => Promise<Row | null>): Soon<Row | null> {
    if (this.options.isInTransaction()) return read();
    const known = this.rows.get(id);
    const { ttlMs, isTrusted } = this.options;
    if (known && isTrusted() && performance.now() - known.readAt < ttlMs()) return known.row;
    return this.options.waitFor(this.reading.get(id) ?? this.readOnce(id, read));
  }

  /** The row is being changed: from the end of the transaction on it is read anew, everywhere. */
  forget(id: string): void {
    this.options.whenSettled(() => {
      this.drop(id);
      this.options.announce(id);
    });
  }

  /** Another process says that the row has changed. */
  drop(id: string): void {
    this.changes++;
    this.rows.delete(id);
    this.reading.delete(id);
  }

  dropAll(): void {
    this.changes++;
    this.rows.clear();
    this.reading.clear();
  }

  private readOnce(id: string, read: () => Promise<Row | null>): Promise<Row | null> {
    const readAt = performance.now();
    const changesBefore = this.changes;
    const reading = forEverybody(read)
      .then((row) => {
        if (row && this.changes === changesBefore) this.rows.set(id, { row, readAt });
        return row;
      })
      .finally(() => {
        if (this.reading.get(id) === reading) this.reading.delete(id);
      });
    this.reading.set(id, reading);
    return reading;
  }
}
