#!/usr/bin/env node
// Verifies the audit trail with the code that the service uses.
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run audit:verify                        every entry, every link, every checkpoint
       npm run audit:verify -- --since-checkpoint    only what is behind the last checkpoint that holds
       npm run audit:verify -- --checkpoints-of NAME    the same of a database that had that address before
       npm run audit:verify -- --archive FILE        one archive: its signature, every entry, its place
       npm run audit:verify -- --archive FILE --alone    the same without asking the database

Reads the same configuration as the service, which may go on meanwhile on a database server. Only one
process can have the embedded database: stop the service first. Checkpoints are those of DATA_DIR:
without them a tail that was cut off cannot be noticed. Exit code 1 when the trail was altered, or
cannot be read.`;

const {
  'since-checkpoint': isSince,
  'checkpoints-of': formerName,
  archive,
  alone: isAlone,
} = readOptions(USAGE, {
  'since-checkpoint': { type: 'boolean' },
  'checkpoints-of': { type: 'string' },
  archive: { type: 'string' },
  alone: { type: 'boolean' },
});

if (archive && (formerName || isSince)) {
  console.error(`--archive goes with --alone only.\n\n${USAGE}`);
  process.exit(2);
}

const { ArchiveRefused, verifyArchive } = await fromDist(
  'features/audit/archive/archive-verification.js',
);
const { AuditKeys } = await fromDist('features/audit/chain/audit-keys.js');
const { DatabaseChain } = await fromDist('features/audit/chain/chain-source.js');
const { CheckpointFiles } = await fromDist('features/audit/chain/checkpoint-files.js');
const { databaseOf, proofOf } = await fromDist('features/audit/chain/checkpoint.js');
const { Verification } = await fromDist('features/audit/chain/verification.js');
const { loadConfig } = await fromDist('platform/config/load-config.js');
const { openEngine } = await fromDist('platform/database/database.module.js');
const { isOutage } = await fromDist('platform/database/outage.js');
const { explainFailure, StartFailure } = await fromDist('platform/lifecycle/start-failure.js');

const PROGRESS_EVERY = 20_000;

let engine;
try {
  const { config } = loadConfig(process.env);
  const keys = new AuditKeys(config);
  const allCheckpoints = await new CheckpointFiles(config.DATA_DIR).read();
  if (!archive || !isAlone) engine = await openEngine(config);
  const chain = new DatabaseChain(
    async (text, values) => (await engine.pool.query(text, values)).rows,
  );
  if (archive) await proveArchive(chain, allCheckpoints, keys);
  else await proveTrail(config, chain, allCheckpoints, keys);
} catch (error) {
  process.exitCode = 1;
  console.error(explain(error));
} finally {
  await engine?.close();
}

async function proveArchive(chain, checkpoints, keys) {
  const archives = engine && (await chain.readArchives());
  const found = await verifyArchive(archive, keys, { archives, checkpoints });
  const range = `entries ${found.sequenceFrom} to ${found.sequenceTo}`;
  const place = engine ? ', and has its place in the trail' : '; the database was not asked';
  console.log(`Whole: ${range}, signed ${found.madeAt.toISOString()}${place}.`);
}

async function proveTrail(config, chain, allCheckpoints, keys) {
  const names = [databaseOf(config), formerName];
  const checkpoints = allCheckpoints.filter(({ database }) => names.includes(database));
  requireThoseOf(formerName, checkpoints);
  const from = isSince ? await lastThatHolds(chain, checkpoints, keys) : undefined;
  console.log(`The audit trail on ${engine.description}, ${describe(checkpoints, from)}.`);
  if (checkpoints.length === 0) warnOfOtherNames(names[0], allCheckpoints);
  const verification = new Verification(chain, checkpoints, keys);
  report(await verification.run({ from, onProgress: sayHowFar() }));
}

/** The newest checkpoint that the table agrees with; the verification goes on behind it. */
async function lastThatHolds(chain, all, keys) {
  for (const checkpoint of all.toReversed()) {
    const [entry] = await chain.readEntries(checkpoint.sequence - 1n, 1);
    const isThere = entry?.sequence === checkpoint.sequence && entry.hash === checkpoint.hash;
    if (isThere && proofOf(checkpoint, keys) === 'good') return checkpoint;
  }
  return undefined;
}

function describe({ length }, from) {
  if (from) return `from the checkpoint at entry ${from.sequence} on`;
  return length === 0 ? 'without a checkpoint to compare it with' : `with ${length} checkpoints`;
}

/** Who names an address wants to know what was signed there. */
function requireThoseOf(name, checkpoints) {
  if (name === undefined || checkpoints.some(({ database }) => database === name)) return;
  throw new StartFailure(`DATA_DIR has no checkpoint of ${name}.`);
}

/** A database that has moved to another address leaves its checkpoints behind under the old one. */
function warnOfOtherNames(name, checkpoints) {
  const others = [...new Set(checkpoints.map(({ database }) => database))];
  if (others.length === 0) return;
  console.error(
    `DATA_DIR has no checkpoint of ${name}, but of ${others.join(', ')}. A tail that was cut off is not noticed.\n` +
      `If that is this database, which had another address: --checkpoints-of ${others.at(-1)}`,
  );
}

function sayHowFar() {
  let said = 0;
  return (checked) => {
    if (checked - said < PROGRESS_EVERY) return;
    said = checked;
    console.log(`  ${checked} entries`);
  };
}

function report({ valid, checked, lastSequence, firstBadSequence, reason }) {
  if (valid) {
    console.log(`Whole: ${checked} entries, up to ${lastSequence}.`);
    return;
  }
  process.exitCode = 1;
  console.error(
    `ALTERED from entry ${firstBadSequence} on: ${reason}.\n${checked} entries before it hold.`,
  );
}

function explain(error) {
  if (error instanceof ArchiveRefused) return `REFUSED ${archive}: ${error.message}.`;
  if (engine && isOutage(error)) {
    return `${engine.description} does not answer: ${error.message || error.code}`;
  }
  if (error.code === '42P01') return 'The tables are not there yet: run npm run db:migrate first.';
  return explainFailure(error);
}
