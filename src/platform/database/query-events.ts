import { AsyncLocalStorage } from 'node:async_hooks';
import { nameOf } from './raw-sql.js';

/** What Prisma made of a query, or a part of it. */
export interface Statement {
  /** With placeholders, never with values. */
  readonly sql: string;
  /** In the database and on the wire; time in the pool not included. */
  readonly durationMs: number;
}

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
  /** The statement of it that took longest; undefined when none got as far as an answer. */
  readonly statement: Statement | undefined;
}

type Listener = (event: QueryEvent) => void;

/** What makes Prisma tell of each statement. */
export const statementEvents = [{ emit: 'event', level: 'query' }] as const;

interface UnderWay {
  statement?: Statement;
}

/** Tells whoever listens of each query, and decides which were slow. */
export class QueryEvents {
  private readonly listeners: Listener[] = [];
  private readonly underWay = new AsyncLocalStorage<UnderWay>();

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
    const underWay: UnderWay = {};
    const tell = (outcome: QueryEvent['outcome']) => {
      const durationMs = performance.now() - start;
      this.tell({ operation, kind, durationMs, outcome, statement: underWay.statement });
    };
    try {
      // awaited within: Prisma begins with a query when somebody waits for it
      const answer = await this.underWay.run(underWay, async () => await query());
      tell('ok');
      return answer;
    } catch (error) {
      tell(this.isFailure(error) ? 'failed' : 'ok');
      throw error;
    }
  }

  /** Makes a query that is one statement, and tells how it went. */
  async watchStatement<T>(
    { operation, kind, text: sql }: Pick<QueryEvent, 'operation' | 'kind'> & { text: string },
    query: () => Promise<T>,
  ): Promise<T> {
    const start = performance.now();
    try {
      const answer = await query();
      const durationMs = performance.now() - start;
      const statement = { sql, durationMs };
      this.tell({ operation, kind, durationMs, outcome: 'ok', statement });
      return answer;
    } catch (error) {
      const durationMs = performance.now() - start;
      const outcome = this.isFailure(error) ? 'failed' : 'ok';
      this.tell({ operation, kind, durationMs, outcome, statement: undefined });
      throw error;
    }
  }

  /** Makes what is noted as part of no query, and told to nobody. */
  untold<T>(work: () => T): T {
    return this.underWay.run({}, work);
  }

  /** Notes a statement: as part of the query at hand, or, as a COMMIT is, as one of its own. */
  noteStatement(sql: string, durationMs: number): void {
    const statement = { sql, durationMs };
    const query = this.underWay.getStore();
    if (!query) {
      this.tell({ operation: nameOf(sql), kind: 'sql', durationMs, outcome: 'ok', statement });
    } else if (durationMs >= (query.statement?.durationMs ?? 0)) {
      query.statement = statement;
    }
  }

  private tell(made: Omit<QueryEvent, 'isSlow'>): void {
    const event = { ...made, isSlow: made.durationMs > this.slowMs };
    for (const listener of this.listeners) listener(event);
  }
}
