import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { inject } from 'vitest';
import { postgresUrl } from './servers.js';

/** The environment of one test's own database, and how to be rid of it. */
export interface ScratchDatabase {
  readonly environment: { DATA_DIR: string; DATABASE_URL: string };
  drop(): Promise<void>;
}

/** A new database on the engine that the suite runs on. */
export async function scratchDatabase(
  engine = process.env['TEST_ENGINE'],
): Promise<ScratchDatabase> {
  const directory = mkdtempSync(join(tmpdir(), 'aerie-test-'));
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true });
  if (engine !== 'postgresql') {
    cpSync(join(inject('embeddedTemplate'), 'postgres'), join(directory, 'postgres'), {
      recursive: true,
    });
    return {
      environment: { DATA_DIR: directory, DATABASE_URL: 'embedded' },
      drop: async () => removeDirectory(),
    };
  }
  const name = `aerie_test_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${name}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return {
    environment: { DATA_DIR: directory, DATABASE_URL: url.href },
    drop: async () => {
      await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      removeDirectory();
    },
  };
}

/** Runs one statement as the administrator of the tests' server. */
export async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
