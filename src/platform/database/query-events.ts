/** A query that was made, as whoever made it saw it: time in the pool and on the wire included. */
export interface QueryEvent {
  /** `user.findUnique`, or `sql` for raw SQL; for raw SQL the first word too, as in `sql select`. */
  readonly operation: string;
  readonly kind: 'read' | 'write' | 'sql';
  readonly durationMs: number;
  /** `failed` in an outage or a conflict. What the database says about the data, a duplicate say, is an answer: `ok`. */
  readonly outcome: 'ok' | 'failed';
  /** Whether it took longer than SLOW_QUERY_MS. */
  readonly isSlow: boolean;
}

type Listener = (event: QueryEvent) => void;

/** Tells whoever listens of each query. */
export class QueryEvents {
  private readonly listeners: Listener[] = [];

  constructor(
    private readonly slowMs: number,
    private readonly isFailure: (error: unknown) => boolean,
  ) {}

  /** The listener must neither throw nor wait: it is on the way of every query. */
  onQuery(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Makes the query and tells how it went. */
  async watch<T>(
    operation: string,
    kind: QueryEvent['kind'],
    query: () => PromiseLike<T>,
  ): Promise<T> {
    const start = performance.now();
    try {
      const answer = await query();
      this.tell(operation, kind, start, 'ok');
      return answer;
    } catch (error) {
      this.tell(operation, kind, start, this.isFailure(error) ? 'failed' : 'ok');
      throw error;
    }
  }

  private tell(
    operation: string,
    kind: QueryEvent['kind'],
    start: number,
    outcome: QueryEvent['outcome'],
  ): void {
    const durationMs = performance.now() - start;
    const event = { operation, kind, durationMs, outcome, isSlow: durationMs > this.slowMs };
    for (const listener of this.listeners) listener(event);
  }
}
