import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { projectFile } from '../config/project-file.js';
import { StartFailure } from '../lifecycle/start-failure.js';
import type { Engine } from './engine.js';
import { isOutage } from './outage.js';

/** The schema and its history do not fit together: for a human to solve, never by trying again. */
export class MigrationFailed extends StartFailure {}

const DIRECTORY = projectFile('prisma/migrations');

/**
 * `prisma migrate deploy` on the same `_prisma_migrations` table, without its native engine, which
 * would be a download.
 */
export class Migrations {
  constructor(
    private readonly engine: Engine,
    private readonly directory = DIRECTORY,
  ) {}

  /**
   * Applies what is pending, in order, and returns the names. Processes that start together take
   * turns. Throws `MigrationFailed`, or the driver's error in an outage.
   */
  async deploy(): Promise<string[]> {
    return this.engine.withSession(async (session) => {
      await session.query(`SET statement_timeout = '60s'`);
      await session.query('SELECT pg_advisory_lock(72707369)'); // the key that Prisma uses
      try {
        await session.query('SET statement_timeout = 0');
        const pending = await this.notIn(await history(session));
        for (const name of pending) await apply(session, this.directory, name);
        return pending;
      } finally {
        await session.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
        await session.query('RESET statement_timeout').catch(() => undefined);
      }
    });
  }

  /** The names of what `deploy()` would apply, in order. Changes nothing. Throws as `deploy()` does. */
  async pending(): Promise<string[]> {
    return this.engine.withSession(async (session) => {
      await session.query('BEGIN');
      try {
        return await this.notIn(await history(session));
      } finally {
        await session.query('ROLLBACK').catch(() => undefined); // a history that was made only to be read
      }
    });
  }

  private async notIn(done: ReadonlySet<string>): Promise<string[]> {
    const entries = await readdir(this.directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !done.has(entry.name))
      .map((entry) => entry.name)
      .toSorted();
  }
}

async function history(session: ClientBase): Promise<Set<string>> {
  const { rows: tables } = await session.query<{ hasHistory: boolean; isUsed: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS "hasHistory",
            EXISTS (SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')
                    AND relnamespace = current_schema()::regnamespace) AS "isUsed"`,
  );
  const { hasHistory, isUsed } = tables[0]!;
  if (!hasHistory && isUsed) {
    throw new MigrationFailed(
      'The database is not empty and has no migration history (P3005). Use an empty database, or baseline this one.',
    );
  }
  if (!hasHistory) await session.query(CREATE_HISTORY);
  const { rows } = await session.query<{ name: string; isFinished: boolean }>(
    `SELECT migration_name AS name, finished_at IS NOT NULL AS "isFinished"
     FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  const failed = rows.filter((row) => !row.isFinished).map((row) => row.name);
  if (failed.length > 0) {
    throw new MigrationFailed(
      `A migration failed or was cut off earlier (P3009): ${failed.join(', ')}. See docs/troubleshooting.md.`,
    );
  }
  return new Set(rows.map((row) => row.name));
}

/** A migration and its entry in the history are one transaction: a kill half-way leaves neither. */
async function apply(session: ClientBase, directory: string, name: string): Promise<void> {
  const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8');
  const checksum = createHash('sha256').update(sql).digest('hex');
  try {
    await session.query('BEGIN');
    await session.query(sql); // no parameters, so the simple protocol: many statements in one call
    await session.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    if (isOutage(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationFailed(`Migration ${name} failed: ${reason}`, { cause: error });
  }
}

const CREATE_HISTORY = `CREATE TABLE _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;
