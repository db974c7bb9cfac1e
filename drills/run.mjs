#!/usr/bin/env node
// Runs a drill: breaks what the service stands on, under load, and looks whether its promises hold.
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { printTable } from '../bench/table.mjs';
import { CannotRun, Drill } from './kit/drill.mjs';
import { startNoMore } from './kit/last-moment.mjs';

const ENDING = '.drill.mjs';
const files = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith(ENDING));
const names = files.map((file) => file.slice(0, -ENDING.length)).toSorted();
const abouts = await Promise.all(names.map(async (name) => (await import(fileOf(name))).about));
const list = names.map((name, index) => `  ${name.padEnd(12)}${abouts[index]}`).join('\n');

const USAGE = `Usage: npm run drill                      list the drills
       npm run drill -- NAME [options]    run one

${list}

  --short             the form that CI runs: the same faults, for less long
  --only PART,PART    only these parts of it, by the names in its table (SIGTERM for all its rounds)
  --json              the result as JSON, on standard output
  --database-url URL  this PostgreSQL instead of one of its own
  --redis-url URL     this Redis instead of one of its own

A drill starts what it needs from the programs on this machine, calls nothing but 127.0.0.1, and ends
what it started. Exit code 0 when every promise was kept, 1 when one was broken, 2 when it cannot run
here, or judged none. Needs a build first (npm run build). docs/drills.md says how to read the tables.`;

const { values, positionals } = readCommandLine();
const [name] = positionals;
if (values.help || name === undefined) {
  console.log(values.help ? USAGE : `${list}\n\nnpm run drill -- NAME runs one; --help says more.`);
  process.exit(0);
}
if (!names.includes(name) || positionals.length > 1) {
  fail(`No such drill: ${positionals.join(' ')}. There are ${names.join(', ')}.`);
}

const { default: perform, parts } = await import(fileOf(name));
const only = values.only?.split(',').map((part) => part.trim());
const unknown = only?.filter((part) => !parts.includes(part)) ?? [];
if (unknown.length > 0) {
  const which = unknown.map((part) => `"${part}"`).join(', ');
  const whole = `The drill ${name} has no parts: it is run as a whole, without --only.`;
  fail(
    parts.length > 0 ? `No such part of ${name}: ${which}. There are ${parts.join(', ')}.` : whole,
  );
}

const drill = new Drill({
  isShort: values.short,
  parts,
  only,
  databaseUrl: values['database-url'],
  redisUrl: values['redis-url'],
});
let isInterrupted = false;
// whoever read may be gone, as the terminal is at SIGHUP: what was started is ended all the same
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
for (const [signal, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
]) {
  process.on(signal, () => {
    if (isInterrupted) process.exit(128 + number);
    isInterrupted = true;
    startNoMore();
    drill.say('ending what was started');
    void drill.end().then(() => process.exit(128 + number));
  });
}

process.exitCode = await run();

async function run() {
  const start = performance.now();
  try {
    await perform(drill);
  } catch (error) {
    if (isInterrupted) return 130;
    if (error instanceof CannotRun) {
      console.error(error.message);
      return 2;
    }
    drill.promise('the drill runs to its end', false, error instanceof Error ? error.stack : error);
  } finally {
    if (!isInterrupted) await drill.end();
  }
  if (drill.promises.length === 0) {
    console.error(['No promise was judged.', ...drill.notes].join('\n'));
    return 2;
  }
  const seconds = Math.round((performance.now() - start) / 1_000);
  if (values.json) printJson(seconds);
  else print(seconds);
  return drill.isKept ? 0 : 1;
}

function print(seconds) {
  const machine = `Node.js ${process.versions.node}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`;
  if (drill.rows.length > 0) {
    const columns = [...new Set(drill.rows.flatMap((row) => Object.keys(row)))];
    const first = Object.keys(drill.rows[0])[0];
    const ordered = [first, ...columns.filter((column) => column !== first)];
    const cells = drill.rows.map((row) => ordered.map((column) => row[column] ?? ''));
    console.log('');
    printTable(`drill: ${name} (${machine}, ${seconds} s)`, ordered, cells);
  }
  for (const { promise, isKept, found } of drill.promises) {
    console.log(`${isKept ? 'kept  ' : 'BROKEN'}  ${promise}${found && `: ${found}`}`);
  }
  for (const note of drill.notes) console.log(`note    ${note}`);
  const broken = drill.promises.filter(({ isKept }) => !isKept).length;
  const count = drill.promises.length;
  console.log(
    broken === 0 ? `\nAll ${count} promises kept.` : `\n${broken} of ${count} promises broken.`,
  );
}

function printJson(seconds) {
  const { isKept, rows, promises, notes } = drill;
  console.log(JSON.stringify({ drill: name, isKept, seconds, rows, promises, notes }, null, 2));
}

function readCommandLine() {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  const options = {
    help: flag,
    short: flag,
    json: flag,
    only: text,
    'database-url': text,
    'redis-url': text,
  };
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`);
  }
}

/** Not 1, which says that a promise was broken. */
function fail(message) {
  console.error(message);
  process.exit(2);
}

function fileOf(drillName) {
  return new URL(`${drillName}${ENDING}`, import.meta.url).href;
}
