import type { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import { Client, Pool, type ClientBase, type ClientConfig } from 'pg';
import type { Config } from '../config/config.js';
import { StartFailure } from '../lifecycle/start-failure.js';
import type { Pulse } from '../resilience/silence.js';
import type { Engine } from './engine.js';
import { ABANDONED, connectionOf, ImpatientClient } from './impatient-client.js';
import { keepMinimum } from './pool-minimum.js';

/** Of the time of a call, what a statement may wait for a lock: the server says no before we give up on it. */
const LOCK_SHARE = 0.9;

/** Of ours only: where a pid has gone to another role meanwhile, the whole statement would be refused. */
const CANCEL = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
  WHERE pid = ANY($1::int[]) AND usename = current_user`;

/** Opens a pool on the server that DATABASE_URL names; nothing connects before the first call. */
export function openServerEngine(config: Config, url: string): Engine {
  const connection: ClientConfig = {
    ...addressOf(url, config.NODE_ENV === 'production'),
    // adapter-pg writes timestamps without an offset, so the session must be in UTC
    options: '-c TimeZone=UTC',
    application_name: 'aerie',
    keepAlive: true,
    connectionTimeoutMillis: config.DB_CONNECT_TIMEOUT_MS,
  };
  const pool = new Pool({
    ...connection,
    Client: ImpatientClient,
    max: config.DB_POOL_MAX,
    min: Math.min(config.DB_POOL_MIN, config.DB_POOL_MAX),
    idleTimeoutMillis: config.DB_POOL_IDLE_MS,
    statement_timeout: config.DB_STATEMENT_TIMEOUT_MS,
    query_timeout: config.DB_CALL_TIMEOUT_MS,
    lock_timeout: Math.round(config.DB_CALL_TIMEOUT_MS * LOCK_SHARE),
  });
  endAbandoned(pool);
  const stopKeeping = keepMinimum(pool);
  const open = new Set<ClientBase>();
  pool.on('connect', (client) => void open.add(client));
  pool.on('remove', (client) => void open.delete(client));
  const { host, pathname } = new URL(url);
  return {
    kind: 'postgresql',
    description: `PostgreSQL at ${host}${pathname}`,
    pool,
    // one connection is left for the sign of life
    concurrency: config.DB_POOL_MAX - 1,
    pulse: pulseOf(pool),
    async withSession(work) {
      const session = new Client(connection);
      // an error between two queries would otherwise end the process; the next query reports it
      session.on('error', () => undefined);
      await session.connect().catch((error: unknown) => {
        throw explain(error, url);
      });
      try {
        return await work(session);
      } finally {
        await session.end();
      }
    },
    renew: (reason) => {
      for (const client of open) connectionOf(client).stream.destroy(reason);
    },
    close: () => {
      stopKeeping();
      return pool.end();
    },
  };
}

/**
 * Else the server would have a process for each, beside those of the connections that take their place.
 * All of a moment at once: it takes one connection. A server that does not hear it is not asked again.
 */
function endAbandoned(pool: Pool): void {
  const pids = new Set<number>();
  let isAsking = false;
  const ask = async () => {
    isAsking = true;
    while (pids.size > 0) {
      const abandoned = [...pids];
      pids.clear();
      await pool.query(CANCEL, [abandoned]).catch(() => undefined);
    }
    isAsking = false;
  };
  pool.on('connect', (client) => {
    (client as EventEmitter).once(ABANDONED, (pid: number) => {
      pids.add(pid);
      if (!isAsking) void ask();
    });
  });
}

/** Any byte from the server on any connection shows that it lives. */
function pulseOf(pool: Pool): Pulse {
  let heardAt = performance.now();
  let isAsking = false;
  pool.on('connect', (client) => {
    connectionOf(client).stream.on('data', () => {
      heardAt = performance.now();
    });
  });
  return {
    lastHeardAt: () => heardAt,
    ask: () => {
      if (isAsking) return;
      isAsking = true;
      const done = () => {
        isAsking = false;
      };
      pool.query('SELECT 1').then(done, done);
    },
  };
}

const REFUSALS: Readonly<Record<string, string>> = {
  '3D000': 'does not exist there. Create it first, for example with createdb',
  '28P01': 'refuses the user name or password in DATABASE_URL',
  '28000': 'refuses the user in DATABASE_URL',
};

/** What no waiting will mend gets a sentence of its own; the rest stays an outage. */
function explain(error: unknown, url: string): unknown {
  const refusal = REFUSALS[String((error as { code?: unknown }).code)];
  const { host, pathname } = new URL(url);
  return refusal
    ? new StartFailure(`The database ${pathname.slice(1)} at ${host} ${refusal}.`, { cause: error })
    : error;
}

/** In production the server's certificate is verified unless the URL says `sslmode=` or the server is this machine. */
function addressOf(url: string, isProduction: boolean): ClientConfig {
  const { hostname, searchParams } = new URL(url);
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || isLoopback(hostname);
  const verifies = isProduction && !isLocal && !searchParams.has('sslmode');
  return { connectionString: url, ...(verifies && { ssl: { rejectUnauthorized: true } }) };
}

function isLoopback(hostname: string): boolean {
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}
