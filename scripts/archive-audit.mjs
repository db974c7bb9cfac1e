#!/usr/bin/env node
// Moves the oldest entries of the audit trail to signed files, with the code that the service uses.
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run audit:archive                              what is older than AUDIT_RETENTION_DAYS
       npm run audit:archive -- --before 2026-01-31       what is from before that day (UTC)
       npm run audit:archive -- --before … --dry-run      say how much that is, and change nothing

Writes packed files and their signed manifests to DATA_DIR/audit/archives, and then removes what they
hold from the database. What is left stays verifiable. Killed at any time, nothing is lost: run it
again. An altered trail is not archived. Keep the files: npm run audit:verify -- --archive FILE proves
one. Reads the same configuration as the service, which may go on meanwhile on a database server. Only
one process can have the embedded database: stop the service first.`;

const { before: day, 'dry-run': isDryRun } = readOptions(USAGE, {
  before: { type: 'string' },
  'dry-run': { type: 'boolean' },
});

await fromDist('features/audit/trail.actions.js');
const { ArchiveDatabase } = await fromDist('features/audit/archive/archive-database.js');
const { archiveStandingOf } = await fromDist('features/audit/archive/archive-standing.js');
const { Archiver, TrailAltered } = await fromDist('features/audit/archive/archiver.js');
const { AuditKeys } = await fromDist('features/audit/chain/audit-keys.js');
const { EventMaker } = await fromDist('features/audit/event-maker.js');
const { loadConfig } = await fromDist('platform/config/load-config.js');
const { openEngine } = await fromDist('platform/database/database.module.js');
const { isOutage } = await fromDist('platform/database/outage.js');
const { explainFailure } = await fromDist('platform/lifecycle/start-failure.js');

const ONE_DAY_MS = 86_400_000;

let engine;
try {
  const { config } = loadConfig(process.env);
  const before = timeOf(day, config);
  const keys = new AuditKeys(config);
  engine = await openEngine(config);
  const database = new ArchiveDatabase({
    query: async (text, values) => (await engine.pool.query(text, values)).rows,
    session: (work) => engine.withSession(work),
  });
  const standing = await archiveStandingOf(config);
  const archiver = new Archiver(database, keys, new EventMaker(keys), standing);
  const entries = await archiver.run({ before, isDryRun, onStep: sayWhat(standing.directory) });
  const what = `${entries} entries from before ${before.toISOString()}`;
  if (entries === 0) console.log(`Nothing to do: no entries from before ${before.toISOString()}.`);
  else console.log(isDryRun ? `Would archive ${what}.` : `Archived ${what}.`);
} catch (error) {
  process.exitCode = 1;
  console.error(explain(error));
} finally {
  await engine?.close();
}

function timeOf(text, { AUDIT_RETENTION_DAYS: days }) {
  if (text === undefined && days !== undefined) return new Date(Date.now() - days * ONE_DAY_MS);
  const time = new Date(text ?? '');
  if (!Number.isNaN(time.getTime())) return time;
  const problem = text === undefined ? 'AUDIT_RETENTION_DAYS is unset' : `"${text}" is no date`;
  console.error(`${problem}: say --before 2026-01-31, for example.`);
  process.exit(2);
}

function sayWhat(directory) {
  return (step, { file, entries }) => {
    if (step === 'named') console.log(`${directory}/${file}: ${entries} entries, on disk`);
    if (step === 'committed') console.log('  and out of the database');
  };
}

function explain(error) {
  if (error instanceof TrailAltered) {
    return `The trail was ALTERED: ${error.message}. Nothing more was archived; run npm run audit:verify.`;
  }
  if (engine && isOutage(error)) {
    return `${engine.description} does not answer: ${error.message || error.code}`;
  }
  if (error.code === '42P01') return 'The tables are not there yet: run npm run db:migrate first.';
  return explainFailure(error);
}
