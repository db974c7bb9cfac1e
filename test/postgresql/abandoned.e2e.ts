import { Client } from 'pg';
import { expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { openEngine } from '#platform/database/database.module';
import { scratchDatabase } from '../databases.js';

it('a query that was given up does not go on at the server', async () => {
  const database = await scratchDatabase('postgresql');
  const limits = { DB_CALL_TIMEOUT_MS: '300', DB_STATEMENT_TIMEOUT_MS: '3600000' };
  const environment = { NODE_ENV: 'test', ...database.environment, ...limits };
  const engine = await openEngine(loadConfig(environment, '/dev/null').config);
  const observer = new Client(database.environment.DATABASE_URL);
  await observer.connect();
  const atWork = async () => {
    const { rows } = await observer.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(3600)'
         AND pid <> pg_backend_pid()`,
    );
    return rows.length;
  };
  const SLEEP = 'SELECT pg_sleep(3600)';
  const transaction = await engine.pool.connect(); // has a connection to itself, and asks for promises
  const sleeping = [engine.pool.query(SLEEP), engine.pool.query(SLEEP), transaction.query(SLEEP)];
  for (const { status } of await Promise.allSettled(sleeping)) expect(status).toBe('rejected');
  transaction.release(true);
  while ((await atWork()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all([observer.end(), engine.close()]);
  await database.drop();
});
