/** One read that is worth remembering. */
export interface CachedRead {
  /** Which read it is, of a small closed set: a label of the metrics. */
  readonly name: string;
  /** What the answer depends on: arguments, and the user or tenant when it is theirs alone. */
  readonly key: string;
  /** How long an answer is good for. */
  readonly ttlMs: number;
  /** How much longer it may be served while its source is out of order; 0 is not at all. */
  readonly graceMs: number;
  /** What makes it untrue, for `invalidateTags()`. */
  readonly tags: readonly string[];
}

/** How much is kept in the memory of this process. */
export interface CacheSize {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * Answers that were given before, for reads whose staleness harms nobody. Never for what access
 * depends on: that is kept by `RowCaches`, by stricter rules.
 */
export abstract class Cache {
  /**
   * The answer that is kept, else what `load` returns. Many who ask at once share one load. Take what
   * it returns as read-only: others may hold the same object. Nothing is kept
   * inside a transaction, nor before the access guard has let the request in.
   */
  abstract getOrLoad<T>(read: CachedRead, load: () => Promise<T>): Promise<T>;

  /**
   * No answer with one of these tags that was read before now is served again, not in grace either;
   * in a transaction, from its end on.
   */
  abstract invalidateTags(...tags: string[]): void;

  abstract get size(): CacheSize;
}

/** Asks the source every time: what CACHE_MAX_BYTES=0 chooses. */
export class NoCache extends Cache {
  readonly size = { entries: 0, bytes: 0 };

  getOrLoad<T>(_read: CachedRead, load: () => Promise<T>): Promise<T> {
    return load();
  }

  invalidateTags(): void {
    // nothing is kept
  }
}
