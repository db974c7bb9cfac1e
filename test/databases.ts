import { randomBytes } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { administer } from './administer.js';
import { scratchDirectory } from './scratch-directory.js';
import { postgresUrl } from './servers.js';

/** The environment of one test's own database, and how to be rid of it. */
export interface ScratchDatabase {
  readonly environment: { DATA_DIR: string; DATABASE_URL: string };
  drop(): Promise<void>;
}

/** A database of a test's own on the engine that the suite runs on, up to date. */
export function scratchDatabase(engine = process.env['TEST_ENGINE']): Promise<ScratchDatabase> {
  if (engine === 'postgresql') return onServer(`TEMPLATE ${inject('postgresTemplate')}`);
  const scratch = embedded();
  const from = join(inject('embeddedTemplate'), 'postgres');
  cpSync(from, join(scratch.environment.DATA_DIR, 'postgres'), { recursive: true });
  return Promise.resolve(scratch);
}

/** The same before anything was made in it, as on the first start of an installation. */
export async function emptyDatabase(engine = process.env['TEST_ENGINE']): Promise<ScratchDatabase> {
  return engine === 'postgresql' ? onServer() : embedded();
}

function embedded(): ScratchDatabase {
  const directory = scratchDirectory('aerie-test-');
  return {
    environment: { DATA_DIR: directory, DATABASE_URL: 'embedded' },
    drop: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function onServer(like = ''): Promise<ScratchDatabase> {
  const { environment, ...files } = embedded();
  const name = `aerie_test_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${name} ${like}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return {
    environment: { ...environment, DATABASE_URL: url.href },
    drop: async () => {
      await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await files.drop();
    },
  };
}
