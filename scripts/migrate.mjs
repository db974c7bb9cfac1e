#!/usr/bin/env node
// Applies pending migrations with the code that the service runs at its start.
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run db:migrate                 apply the pending migrations
       npm run db:migrate -- --dry-run    list them and change nothing

Reads the same configuration as the service. Only one process can have the embedded database: stop
the service first.`;

const { 'dry-run': isDryRun } = readOptions(USAGE, { 'dry-run': { type: 'boolean' } });

const { loadConfig } = await fromDist('platform/config/load-config.js');
const { openEngine } = await fromDist('platform/database/database.module.js');
const { Migrations } = await fromDist('platform/database/migrations.js');
const { isOutage } = await fromDist('platform/database/outage.js');
const { explainFailure } = await fromDist('platform/lifecycle/start-failure.js');

let engine;
try {
  engine = await openEngine(loadConfig(process.env).config);
  const migrations = new Migrations(engine);
  const names = isDryRun ? await migrations.pending() : await migrations.deploy();
  const what = isDryRun ? 'Pending' : 'Applied';
  console.log(
    names.length === 0
      ? `Nothing is pending on ${engine.description}.`
      : `${what} on ${engine.description}:\n${names.map((name) => `  ${name}`).join('\n')}`,
  );
} catch (error) {
  process.exitCode = 1;
  console.error(
    engine && isOutage(error)
      ? `${engine.description} does not answer: ${error.message || error.code}`
      : explainFailure(error),
  );
} finally {
  await engine?.close();
}
