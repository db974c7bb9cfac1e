#!/usr/bin/env node
// Runs the benches, one after the other, each in a process of its own: what one compiled or left
// behind is nothing to the next.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readOptions } from '../scripts/command-line.mjs';

const BENCHES = {
  guard: 'what the request guard costs, by kind of body',
  limits: 'what counting a request costs, by keys and hits; the memory that it takes',
  pipeline: 'what each stage of the way of a request costs',
  monitor: 'what observing a request costs, and the memory of the past',
  log: 'what a line of the log costs, secrets taken out',
  logins: 'what a burst of sign-ins does to everybody else',
  audit: 'what recording costs: in batches, one by one, and within a transaction',
};
const names = Object.keys(BENCHES);
const list = names.map((name) => `  ${name.padEnd(10)}${BENCHES[name]}`).join('\n');

const { only } = readOptions(
  `Usage: npm run bench                   run every bench\n       npm run bench -- --only guard   run one, or several: guard,limits\n\n${list}\n\nNeeds a build first (npm run build). docs/benchmarks.md says how to read the tables.`,
  { only: { type: 'string' } },
);
const chosen = only?.split(',').map((name) => name.trim()) ?? names;
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No such bench: ${unknown.join(', ')}. There are ${names.join(', ')}.`);
  process.exit(2);
}

const [{ model }] = cpus();
console.log(
  `Node.js ${process.versions.node}, ${cpus().length} × ${model}, load ${loadavg()[0].toFixed(1)}\n`,
);
for (const name of chosen) {
  const file = fileURLToPath(new URL(`${name}.bench.mjs`, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--expose-gc', file], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
