import type PgBoss from 'pg-boss';
import type { ClientBase } from 'pg';
import type { Database } from '../database/database.js';
import type { Patience } from './patience.js';

const SCRIPT_TIMEOUT_MS = 60_000;

/** How pg-boss calls the database when we ask it to: as any other code does, in the open transaction if there is one. */
export function plainDatabase(database: Database): PgBoss.Db {
  return {
    executeSql: async (text, values) => ({
      rows: await database.sqlOfLibrary(text, values.map(asParameter)),
    }),
  };
}

/**
 * How pg-boss calls the database by itself. It leaves some of its promises alone, and the failure of
 * such a one would end the process: so to pg-boss a database that is away is merely slow.
 */
export function patientDatabase(database: Database, patience: Patience): PgBoss.Db {
  const plain = plainDatabase(database);
  return {
    executeSql: async (text, values?: unknown[]) => {
      try {
        return await patience.with(() =>
          values ? plain.executeSql(text, values) : runScript(database, text),
        );
      } catch (error) {
        if (!patience.isOver) throw error;
        return new Promise<never>(() => undefined); // the process ends: there is nobody to be told
      }
    },
  };
}

/** Maintenance comes as several statements from BEGIN to COMMIT, and may take its time. */
function runScript(database: Database, text: string) {
  return database.session(async (session) => {
    try {
      return await session.query({ text, query_timeout: SCRIPT_TIMEOUT_MS } as { text: string });
    } catch (error) {
      await rollBack(session);
      throw error;
    }
  });
}

/** On the embedded database the session goes back to the pool. */
async function rollBack(session: ClientBase): Promise<void> {
  await session
    .query({ text: 'ROLLBACK', query_timeout: 1_000 } as { text: string })
    .catch(() => undefined);
}

function asParameter(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value ?? null;
  return JSON.stringify(value);
}
