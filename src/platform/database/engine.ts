import type pg from 'pg';
import type { Pulse } from '../resilience/silence.js';

/** The PostgreSQL behind the application: a server, or PGlite in this process. */
export interface Engine {
  readonly kind: 'embedded' | 'postgresql';
  /** For the banner and the log; never holds a password. */
  readonly description: string;
  readonly pool: pg.Pool;
  /** How many calls it can work on at once. */
  readonly concurrency: number;
  readonly pulse: Pulse;
  /** A session of its own, without the time limits of requests: migrations and their lock. */
  withSession<T>(work: (session: pg.ClientBase) => Promise<T>): Promise<T>;
  /** Drops every connection, so that the next call makes its own: they lead to a server that is silent. */
  renew(reason: Error): void;
  close(): Promise<void>;
}
