import { appendFileSync, chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import { lockDirectory } from './directory-lock.js';
import type { Engine } from './engine.js';
import { PGliteSocket } from './pglite-socket.js';

/** PGlite makes files that everybody may read and write; PostgreSQL itself starts on no such directory. */
const OWNER_ONLY = 0o700;

/**
 * Opens PGlite in `dataDirectory/postgres` as an ordinary one-connection `pg.Pool`, so that all
 * above it is the same code as on a server.
 */
export async function openEmbeddedEngine(dataDirectory: string): Promise<Engine> {
  const directory = join(dataDirectory, 'postgres');
  const unlock = lockDirectory(directory);
  try {
    const { PGlite } = await import('@electric-sql/pglite');
    if (!existsSync(directory)) await initialise(directory);
    chmodSync(directory, OWNER_ONLY); // of a version that left it open, or of a copy
    const db = await PGlite.create(directory);
    return engineOver(db, directory, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The first initdb is not crash-safe: build beside, then rename into place. */
async function initialise(directory: string): Promise<void> {
  const { PGlite } = await import('@electric-sql/pglite');
  const beside = `${directory}.init`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { mode: OWNER_ONLY });
  const db = await PGlite.create(beside);
  await db.close();
  // the default of 128 MB is all resident
  appendFileSync(join(beside, 'postgresql.conf'), '\nshared_buffers = 16MB\n');
  renameSync(beside, directory);
}

function engineOver(db: PGlite, directory: string, unlock: () => void): Engine {
  const pool = new Pool({
    max: 1, // PGlite has a single session: a second connection would share its transaction
    idleTimeoutMillis: 0,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    stream: () => new PGliteSocket(db),
  });
  return {
    kind: 'embedded',
    description: `embedded PostgreSQL in ${directory}`,
    pool,
    concurrency: 1,
    // in this very process: it cannot be away, only busy
    pulse: { lastHeardAt: () => performance.now(), ask: () => undefined },
    async withSession(work) {
      const session = await pool.connect();
      try {
        return await work(session);
      } finally {
        session.release();
      }
    },
    renew: () => undefined,
    async close() {
      await pool.end();
      await db.close();
      unlock();
    },
  };
}
