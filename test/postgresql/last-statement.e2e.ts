import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { AuditService } from '#features/audit/audit.service';
import { Database } from '#platform/database/database';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { startApp, type TestApp } from '../app.js';

// On a server only: the embedded database has one session, so nobody locks anything.

let test: TestApp;
let database: Database;
let audit: AuditService;
let other: Client;
/** In no transaction: within one, what sessions do is looked up once. */
let observer: Client;
beforeAll(async () => {
  // so that the server does not give up by itself
  test = await startApp({ DB_CALL_TIMEOUT_MS: '60000', DB_STATEMENT_TIMEOUT_MS: '60000' });
  database = test.app.get(Database);
  audit = test.app.get(AuditService);
  const [row] = await database.sql<{ name: string }>('SELECT current_database() AS name', []);
  const url = new URL(test.engine.pool.options.connectionString!);
  url.pathname = `/${row!.name}`;
  [other, observer] = [new Client(url.href), new Client(url.href)];
  await Promise.all([other.connect(), observer.connect()]);
});
afterAll(async () => {
  await Promise.all([other.end(), observer.end()]);
  await test[Symbol.asyncDispose]();
});

const count = async (text: string, value: string) => {
  const { rows } = await observer.query<{ n: number }>(text, [value]);
  return rows[0]!.n;
};
const usersOf = (id: string) => count('SELECT count(*)::int AS n FROM users WHERE id = $1', id);
const eventsOf = (id: string) =>
  count(
    `SELECT count(*)::int AS n FROM (
       SELECT subject FROM audit_pending UNION ALL SELECT subject FROM audit_logs
     ) AS events WHERE subject = $1`,
    id,
  );
/** Sessions that add events; the sealer waits for the lock as well. */
const adding = () =>
  count(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE query LIKE $1 AND datname = current_database() AND state <> 'idle'`,
    'INSERT INTO audit_pending%',
  );

const change = (id: string) =>
  database.sql('INSERT INTO users (id, email, updated_at) VALUES ($1, $1::uuid::text, now())', [
    id,
  ]);

it.each([
  ['with the change', true],
  ['by itself', false],
])('an event that waits for a lock at the limit is not committed later, %s', async (_, changes) => {
  const write = (id: string, timeoutMs?: number) =>
    database.transaction(
      async () => {
        if (changes) await change(id);
        await audit.record('auth.logged_out', { subject: id });
      },
      timeoutMs === undefined ? {} : { timeoutMs },
    );
  await write(uuidv7()); // the connection keeps BEGIN and COMMIT
  const id = uuidv7();
  await other.query('BEGIN');
  await other.query('LOCK TABLE audit_pending IN SHARE MODE');
  await expect(write(id, 300)).rejects.toBeInstanceOf(DatabaseUnavailable);
  await expect.poll(adding, { timeout: 20_000 }).toBe(0); // cancelled, while the lock is still held
  await other.query('COMMIT');
  expect([await usersOf(id), await eventsOf(id)]).toEqual([0, 0]);
  await write(id);
  expect([await usersOf(id), await eventsOf(id)]).toEqual([changes ? 1 : 0, 1]);
});
