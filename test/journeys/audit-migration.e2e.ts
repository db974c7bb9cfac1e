import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { openEngine } from '#platform/database/database.module';
import { Migrations } from '#platform/database/migrations';
import { startApp } from '../app.js';
import { emptyDatabase } from '../databases.js';
import { AuditChain } from '../audit-chain.js';

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const ENTRIES = 1_500; // more than one batch

it('entries from before there was a chain are carried over into it, in their order, and the chain says so', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aerie-before-'));
  const database = await emptyDatabase();
  const environment = { ...database.environment, DATA_DIR: join(directory, 'data') };
  const before = join(directory, 'migrations');
  cpSync(MIGRATIONS, before, { recursive: true });
  for (const name of readdirSync(before)) {
    if (name > '20261125154640') rmSync(join(before, name), { recursive: true });
  }
  const engine = await openEngine(
    loadConfig({ NODE_ENV: 'test', ...environment }, '/dev/null').config,
  );
  await new Migrations(engine, before).deploy();
  await engine.pool.query(
    `INSERT INTO audit_logs (action, severity, subject, metadata)
     SELECT 'auth.logged_in', 'info', 'number ' || n, '{"b": 1, "a": "ü"}' FROM generate_series(1, $1) AS n`,
    [ENTRIES],
  );
  await engine.close();

  const test = await startApp(environment);
  await using chain = await AuditChain.over(test);
  expect(await chain.verify()).toMatchObject({ valid: true });
  const entries = await chain.entries();
  expect(
    entries
      .filter(({ action }) => action === 'auth.logged_in')
      .slice(0, ENTRIES)
      .map(({ subject }) => subject),
  ).toEqual(Array.from({ length: ENTRIES }, (_, n) => `number ${n + 1}`));
  const carried = entries.filter(({ action }) => action === 'audit.carried_over');
  expect(carried.map(({ metadata }) => metadata)).toEqual([{ events: 1_000 }, { events: 500 }]);
  expect(entries.map(({ action }) => action)).not.toContain('audit.pending_altered');
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});
