import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '#platform/config/load-config';
import { openEngine } from '#platform/database/database.module';
import { Migrations } from '#platform/database/migrations';
import { createLog } from '#platform/logging/log';
import { Queue } from '#platform/queue/queue';
import type { TestProject } from 'vitest/node';
import { createApp } from '#app';
import { administer } from './administer.js';
import { scratchDirectory } from './scratch-directory.js';
import { answers, postgresUrl } from './servers.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A data directory with an embedded database, up to date and closed, to copy from. */
    embeddedTemplate: string;
    /** A database on the server, up to date, to copy from; '' without a server. */
    postgresTemplate: string;
  }
}

/** initdb, migrations and the queue's tables take seconds; a copy of their result does not. */
export default async function makeTemplates(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  if (project.vitest.projects.every(({ name }) => name === 'unit')) return undefined;
  const directory = scratchDirectory('aerie-template-');
  await bringUpToDate({ DATA_DIR: directory, DATABASE_URL: 'embedded' });
  project.provide('embeddedTemplate', directory);

  const name = (await answers(postgresUrl)) && `aerie_template_${randomBytes(6).toString('hex')}`;
  if (name) {
    await administer(`CREATE DATABASE ${name}`);
    const url = new URL(postgresUrl);
    url.pathname = `/${name}`;
    await bringUpToDate({ DATA_DIR: join(directory, 'unused'), DATABASE_URL: url.href });
  }
  project.provide('postgresTemplate', name || '');

  return async () => {
    rmSync(directory, { recursive: true, force: true });
    if (name) await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
}

async function bringUpToDate(environment: Record<string, string>): Promise<void> {
  const loaded = loadConfig({ NODE_ENV: 'test', ...environment }, '/dev/null');
  const log = await createLog(loaded.config, { write: () => undefined });
  const engine = await openEngine(loaded.config);
  const app = await createApp({ ...loaded, log, engine });
  await app.get(Migrations).deploy();
  await app.get(Queue).deploy();
  await app.close();
}
