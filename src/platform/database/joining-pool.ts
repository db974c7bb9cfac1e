import { AsyncLocalStorage } from 'node:async_hooks';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { Transaction } from './transaction.js';

/** What Prisma says of a transaction that is not its own to begin and to end. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'ROLLBACK']);
const NOTHING = { fields: [], rows: [], rowCount: 0 };

interface Joining {
  readonly transaction: Transaction;
  isTaken: boolean;
}

/**
 * The pool as Prisma's adapter has it. Within `join()` the one connection that the adapter asks for, to
 * begin a transaction on, is that of a transaction of ours. Everything else goes to the pool itself.
 */
export class JoiningPool {
  private readonly joining = new AsyncLocalStorage<Joining>();
  /** Passes for a `Pool` where PrismaPg looks for one. */
  readonly pool: Pool;

  constructor(pool: Pool) {
    const connect = () => this.takeTransaction() ?? pool.connect();
    this.pool = new Proxy(pool, {
      get(target, key) {
        if (key === 'connect') return connect;
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** Runs `begin`, in which Prisma begins one transaction: it is part of the given one. */
  join<T>(transaction: Transaction, begin: () => T): T {
    return this.joining.run({ transaction, isTaken: false }, begin);
  }

  /** Once: what runs later in the same context is not the beginning any more. */
  private takeTransaction(): Promise<PoolClient> | undefined {
    const joining = this.joining.getStore();
    if (!joining || joining.isTaken) return undefined;
    joining.isTaken = true;
    return Promise.resolve(connectionOf(joining.transaction));
  }
}

function connectionOf(transaction: Transaction): PoolClient {
  const connection = {
    query: (statement: QueryConfig) =>
      NOT_ITS_OWN.has(statement.text) ? Promise.resolve(NOTHING) : transaction.query(statement),
    on: () => connection,
    removeListener: () => connection,
    release: () => undefined,
  };
  return connection as unknown as PoolClient;
}
