import { Client, type ClientBase, type ClientConfig, type Connection } from 'pg';
import { NoConnection } from './no-connection.js';

/** Said with the process of the server whose query nobody waits for any more. */
export const ABANDONED = 'abandoned';
const READ_ONLY = '25006';
/** A connection that has just been made is not made again at once: the server is what it is. */
const YOUNG_MS = 5_000;
const IDLE = 'I';

type Query = (...args: unknown[]) => unknown;
type QueryError = Error & { code?: string };

/**
 * A client that does not outlive its patience. After a read timeout the server may still be at work
 * on the old query, or hold an open transaction: given back to the pool, such a connection would
 * run the next caller's statements inside it. And one that may not write leads to what is a replica
 * since a failover: the next connection may lead to the new primary.
 */
export class ImpatientClient extends Client {
  private readonly bornAt = performance.now();
  private isStale = false;

  constructor(options?: ClientConfig) {
    super(options);
    // one that breaks between two queries is reported by the next; unheard, it would end the process
    this.on('error', () => undefined);
  }

  /** As the pool calls it. Fails with `NoConnection`: PostgreSQL and TLS have dozens of codes for it. */
  override connect(...[callback]: unknown[]): never {
    const tell = callback as (error?: Error) => void;
    return (super.connect as (answer: (error?: Error) => void) => unknown)((error) =>
      tell(error && new NoConnection(error)),
    ) as never;
  }

  /** With a promise, as Prisma's own transactions ask, or with a callback, as the pool and ours do. */
  override query(...args: unknown[]): never {
    const tell = args.at(-1);
    if (typeof tell === 'function') {
      const answer = tell as (error?: QueryError | null, result?: unknown) => void;
      const hear: typeof answer = (error, result) => {
        answer(error, result); // the pool first: it takes no notice of what becomes of a connection that it has let go
        this.judge(error);
      };
      return (super.query as Query)(...args.slice(0, -1), hear) as never;
    }
    const outcome = (super.query as Query)(...args);
    if (!(outcome instanceof Promise)) return outcome as never;
    return outcome.then(
      (result: unknown) => {
        this.judge();
        return result;
      },
      (error: QueryError) => {
        this.judge(error);
        throw error;
      },
    ) as never;
  }

  /** What an outcome says of the connection. */
  private judge(error?: QueryError | null): void {
    if (error?.message === 'Query read timeout') this.abandon(error);
    if (error?.code === READ_ONLY) this.isStale = performance.now() - this.bornAt > YOUNG_MS;
    if (!error || error.code === READ_ONLY) this.endIfStale();
  }

  /** What is under way fails with the reason. The server works on until somebody tells it to stop, which takes another connection. */
  abandon(reason: Error): void {
    connectionOf(this).stream.destroy(reason);
    this.emit(ABANDONED, (this as unknown as { processID: number }).processID);
  }

  /** Not before an open transaction is rolled back. */
  private endIfStale(): void {
    if (this.isStale && this.getTransactionStatus() === IDLE) void this.end();
  }
}

/** pg keeps the connection of a client out of its types. */
export function connectionOf(client: ClientBase): Connection {
  return (client as unknown as { connection: Connection }).connection;
}
