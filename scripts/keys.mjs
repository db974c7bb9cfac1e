#!/usr/bin/env node
// Makes, lists and rotates the keys that sign tokens.
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { calculateJwkThumbprint } from 'jose';
import { fromDist, readWords } from './command-line.mjs';

const USAGE = `Usage: npm run --silent keys                     print a new key for JWT_SIGNING_KEYS
       npm run --silent keys -- list             name the keys and what each does
       npm run --silent keys -- rotate add       step 1: a new key, last: every process verifies it
       npm run --silent keys -- rotate promote   step 2: the last key, first: it signs
       npm run --silent keys -- rotate retire    step 3: no key but the first

A key is an Ed25519 private key (base64 PKCS#8). The first one signs, all verify; so between two steps
every process must have the step before.

With JWT_SIGNING_KEYS (in the environment or .env) a step prints the new value and changes nothing:
put it in place, restart process by process, and only then take the next step. Where other services
read /.well-known/jwks.json, wait five minutes more before step 2: so long they may keep it.

Without it, a step changes DATA_DIR/signing-key, which running processes read again within a second.

Step 3 waits for JWT_REFRESH_TTL, until nothing that the old key signed is alive; \`retire --now\` does
not, and signs everybody out who has not refreshed since step 2.`;

const SETTLE_MS = 3_000;

const [command, step, urgency] = readWords(USAGE, ['now']);
const STEPS = { add, promote, retire };

if (command === undefined) {
  console.log(makeKey());
} else if (command === 'list' && step === undefined) {
  const { keys } = await readKeys();
  for (const [index, key] of keys.entries()) {
    console.log(`${await kidOf(key)}  ${index === 0 ? 'signs and verifies' : 'verifies'}`);
  }
} else if (command === 'rotate' && Object.hasOwn(STEPS, step)) {
  await STEPS[step](await readKeys());
} else {
  fail(USAGE, 2);
}

async function add({ keys, write }) {
  if (keys.length > 1) fail('There is a second key already: promote or retire comes next.');
  await write([...keys, makeKey()]);
  console.error('Step 1 of 3. When every process has this: rotate promote.');
}

async function promote({ keys, write, changedAt }) {
  if (keys.length < 2) fail('There is one key only: rotate add comes first.');
  if (changedAt) await setTimeout(Math.max(0, changedAt + SETTLE_MS - Date.now()));
  await write([keys.at(-1), ...keys.slice(0, -1)]);
  const { JWT_REFRESH_TTL } = await readConfig();
  console.error(`Step 2 of 3. From ${dateIn(JWT_REFRESH_TTL)} on: rotate retire.`);
}

async function retire({ keys, write, changedAt }) {
  if (keys.length < 2) fail('There is one key only: nothing to retire.');
  const { JWT_REFRESH_TTL } = await readConfig();
  const waitMs = changedAt ? changedAt + JWT_REFRESH_TTL - Date.now() : 0;
  if (waitMs > 0 && urgency !== '--now') {
    fail(`What the old keys signed may live until ${dateIn(waitMs)}: wait, or retire --now.`);
  }
  await write(keys.slice(0, 1));
  console.error('Step 3 of 3. The rotation is done.');
}

/** The keys in effect, the first of which signs, and how to put others in their place. */
async function readKeys() {
  const { JWT_SIGNING_KEYS: given, DATA_DIR } = await readConfig();
  if (given) return { keys: given, write: (keys) => console.log(keys.join(',')) };
  const file = join(DATA_DIR, 'signing-key');
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) fail(`JWT_SIGNING_KEYS is unset and ${file} not there yet: start the service once.`);
  return {
    keys: readFileSync(file, 'utf8').trim().split(','),
    changedAt: stats.mtimeMs,
    write(keys) {
      const beside = `${file}.${process.pid}`;
      writeFileSync(beside, `${keys.join(',')}\n`, { mode: 0o600 });
      renameSync(beside, file); // a reader finds the old keys or the new ones
    },
  };
}

async function readConfig() {
  const { loadConfig } = await fromDist('platform/config/load-config.js');
  try {
    return loadConfig(process.env).config;
  } catch (error) {
    return fail(error.message);
  }
}

function makeKey() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

function kidOf(key) {
  const privateKey = createPrivateKey({
    key: Buffer.from(key, 'base64'),
    format: 'der',
    type: 'pkcs8',
  });
  return calculateJwkThumbprint(createPublicKey(privateKey).export({ format: 'jwk' }));
}

function dateIn(ms) {
  return new Date(Date.now() + ms).toISOString();
}

function fail(message, exitCode = 1) {
  console.error(message);
  process.exit(exitCode);
}
