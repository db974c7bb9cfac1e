#!/usr/bin/env node
// Every gate that a change goes through, as many at once as there are cores.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readOptions } from './command-line.mjs';

const npmRun = (...script) => ['npm', 'run', '--silent', ...script];

const STEPS = {
  build: npmRun('build'),
  patterns: npmRun('patterns'), // the longest begins first
  format: ['npx', 'prettier', '--check', '.'],
  types: npmRun('types'),
  lint: npmRun('lint'),
  floors: npmRun('floors'),
  'dead-code': npmRun('dead-code'),
  schema: npmRun('db:migration', '--', '--check'),
  config: npmRun('config:docs', '--', '--check'),
  openapi: npmRun('openapi', '--', '--check'),
  access: npmRun('access:docs', '--', '--check'),
  audit: npmRun('audit:docs', '--', '--check'),
  metrics: npmRun('metrics:docs', '--', '--check'),
  claims: npmRun('claims'),
  secrets: npmRun('secrets'),
  test: ['npm', 'test', '--ignore-scripts'], // without its pretest, which builds once more
};

/** These have the machine, and what was built, to themselves. */
const ALONE = ['build', 'test'];

const USAGE = `Usage: npm run check                       run every step
       npm run check -- --list             name the steps and their commands
       npm run check -- --only lint,types  run these
       npm run check -- --skip test        run all but these

The output of a step is shown only when it fails. Exit code 1 when any step failed.`;

const options = readOptions(USAGE, {
  list: { type: 'boolean' },
  only: { type: 'string' },
  skip: { type: 'string' },
});
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

if (options.list) {
  for (const [name, command] of Object.entries(STEPS)) {
    console.log(`${name.padEnd(12)}${command.join(' ')}`);
  }
  process.exit(0);
}

const only = stepsIn(options.only) ?? Object.keys(STEPS);
const skip = stepsIn(options.skip) ?? [];
const wanted = only.filter((step) => !skip.includes(step));
const began = performance.now();
const results = [];
for (const stage of stagesOf(wanted)) {
  const line = stage.values();
  await Promise.all(Array.from({ length: availableParallelism() }, () => work(line)));
}

const failed = results.filter(({ passed }) => !passed);
const total = ((performance.now() - began) / 1_000).toFixed(1);
console.log(`\n${results.map(lineOf).join('\n')}\n`);
console.log(
  failed.length === 0
    ? `All ${results.length} steps passed in ${total} s.`
    : `${failed.length} of ${results.length} steps failed: ${failed.map(({ name }) => name).join(', ')}.`,
);
process.exit(failed.length === 0 ? 0 : 1);

function stepsIn(names) {
  const steps = names?.split(',').map((name) => name.trim());
  const unknown = steps?.filter((name) => !Object.hasOwn(STEPS, name)) ?? [];
  if (unknown.length === 0) return steps;
  console.error(`No such step: ${unknown.join(', ')}. There are ${Object.keys(STEPS).join(', ')}.`);
  process.exit(2);
}

/** One stage after the other: those that are alone, and whatever stands between them. */
function stagesOf(names) {
  const together = names.filter((name) => !ALONE.includes(name));
  const [build, test] = ALONE.map((name) => names.filter((step) => step === name));
  return [build, together, test];
}

/** Runs steps of the line until there are none. */
async function work(line) {
  for (const name of line) {
    const result = await run(name);
    results.push(result);
    console.log(lineOf(result));
    if (!result.passed) console.log(`\n${result.output.trimEnd()}\n`);
  }
}

/** Keeps what the step says, in the order in which it said it. */
async function run(name) {
  const [command, ...args] = STEPS[name];
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const exitCode = await new Promise((resolve) => {
    child.on('close', (code) => resolve(code));
    child.on('error', (error) => {
      output += error.message;
      resolve(1);
    });
  });
  return { name, passed: exitCode === 0, seconds: (performance.now() - start) / 1_000, output };
}

function lineOf({ name, passed, seconds }) {
  return `${passed ? 'pass' : 'FAIL'}  ${name.padEnd(12)}${seconds.toFixed(1).padStart(7)} s`;
}
