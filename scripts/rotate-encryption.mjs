#!/usr/bin/env node
// Brings every encrypted column to the first key of ENCRYPTION_KEYS.
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run encryption:rotate                 encrypt with the first key whatever is not
       npm run encryption:rotate -- --dry-run    count the values by key and change nothing

Reads the same configuration as the service, which may go on meanwhile on a database server. Only one
process can have the embedded database: stop the service first. A run that was cut off is finished by
the next one. Exit code 1 when a value remains that is not under the first key.`;

const { 'dry-run': isDryRun } = readOptions(USAGE, { 'dry-run': { type: 'boolean' } });

const { loadConfig } = await fromDist('platform/config/load-config.js');
const { openEngine } = await fromDist('platform/database/database.module.js');
const { isOutage } = await fromDist('platform/database/outage.js');
const { openFieldCipher } = await fromDist('platform/encryption/encryption-keys.js');
const { Rotation } = await fromDist('platform/encryption/rotation.js');
const { explainFailure } = await fromDist('platform/lifecycle/start-failure.js');

let engine;
try {
  const { config } = loadConfig(process.env);
  engine = await openEngine(config);
  const cipher = openFieldCipher(config);
  const rotation = new Rotation(engine, cipher);
  if (!isDryRun) {
    const written = await rotation.run({
      onProgress: (column, count) => console.log(`${column}: ${count} encrypted anew`),
      onUndecryptable: (reason) => console.error(`left as it is: ${reason}`),
    });
    console.log(`${written} values are under key "${cipher.currentKeyId}" now.`);
  }
  report(await rotation.count(), cipher.currentKeyId);
} catch (error) {
  process.exitCode = 1;
  console.error(explain(error));
} finally {
  await engine?.close();
}

function report(counts, currentKeyId) {
  console.log(counts.length === 0 ? 'No encrypted column holds a value.' : 'Values by key:');
  for (const { column, keyId, count } of counts) {
    console.log(`  ${column.padEnd(16)}${(keyId ?? '(plain text)').padEnd(34)}${count}`);
  }
  const others = counts.filter(({ keyId }) => keyId !== currentKeyId);
  if (others.length === 0) {
    console.log(
      `All are under key "${currentKeyId}": once every process of the service runs with it in front, ` +
        'the others may be removed from ENCRYPTION_KEYS. Backups still need them.',
    );
    return;
  }
  const ids = new Set(
    others.map(({ keyId }) => (keyId === null ? 'plain text' : `key "${keyId}"`)),
  );
  console.log(
    isDryRun
      ? `To be encrypted anew: what is under ${[...ids].join(', ')}.`
      : `Keep every key: values are left under ${[...ids].join(', ')}. Run this again.`,
  );
  if (!isDryRun) process.exitCode = 1;
}

function explain(error) {
  if (engine && isOutage(error)) {
    return `${engine.description} does not answer: ${error.message || error.code}`;
  }
  if (error.code === '42P01') return 'The tables are not there yet: run npm run db:migrate first.';
  return explainFailure(error);
}
