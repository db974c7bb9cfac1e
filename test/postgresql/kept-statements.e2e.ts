import { afterAll, beforeAll, expect, it } from 'vitest';
import { SessionsRepository } from '#features/auth/sessions.repository';
import { UsersRepository } from '#features/users/users.repository';
import { Database } from '#platform/database/database';
import { startApp, type TestApp } from '../app.js';

// Connections keep what most requests say parsed and planned, until a migration changes it under them.

const CONNECTIONS = 4;

let test: TestApp;
let database: Database;
let users: UsersRepository;
let adminId: string;
beforeAll(async () => {
  test = await startApp({ DB_POOL_MAX: String(CONNECTIONS) });
  database = test.app.get(Database);
  users = test.app.get(UsersRepository);
  await test.logInAdmin();
  const [admin] = await database.select<{ id: string }>('SELECT id FROM users', []);
  adminId = admin!.id;
});
afterAll(() => test[Symbol.asyncDispose]());

const findOnAll = () =>
  Promise.all(Array.from({ length: CONNECTIONS * 2 }, () => users.findById(adminId)));
const admins = (count: number) =>
  Array<unknown>(count).fill(expect.objectContaining({ id: adminId, role: 'admin' }));

it('looks rows up, and inserts them, by statements that the connection keeps', async () => {
  const kept = await database.transaction(async () => {
    await users.findById(adminId);
    await test.app.get(SessionsRepository).findById(adminId);
    return database.sql<{ name: string }>('SELECT name FROM pg_prepared_statements', []);
  });
  const names = kept.map(({ name }) => name.replace(/ \d+$/, ''));
  expect(names).toEqual(expect.arrayContaining(['users.findUnique id', 'sessions.findUnique id']));
});

it('goes on when a column has another type than what connections keep', async () => {
  expect(await findOnAll()).toEqual(admins(CONNECTIONS * 2));
  await test.engine.pool.query('ALTER TABLE users ALTER COLUMN name TYPE varchar(1000)');
  expect([await database.transaction(() => users.findById(adminId))]).toEqual(admins(1));
  expect(await findOnAll()).toEqual(admins(CONNECTIONS * 2));
});
