#!/usr/bin/env node
// Runs the benches, one after the other, each in a process of its own: what one compiled or left
// behind is nothing to the next.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readOptions } from '../scripts/command-line.mjs';

const BENCHES = {
  compare: 'the service beside programs that do the same work with less around it',
  guard: 'what the request guard costs, by kind of body',
  limits: 'what counting a request costs, by keys and hits; the memory that it takes',
  pipeline: 'what each stage of the way of a request costs',
  switches: 'what a request costs less with one stage taken out',
  monitor: 'what observing a request costs, and the memory of the past',
  log: 'what a line of the log costs, secrets taken out',
  logins: 'what a burst of sign-ins does to everybody else',
  growth: 'what a request costs with more connections, routes and audit entries',
  footprint: 'memory when idle and after many requests, and the time to start',
  audit: 'what recording costs: in batches, one by one, and within a transaction',
};
const names = Object.keys(BENCHES);
const list = names.map((name) => `  ${name.padEnd(10)}${BENCHES[name]}`).join('\n');

const USAGE = `Usage: npm run bench                   run every bench
       npm run bench -- --only guard   run one, or several: guard,limits
       npm run bench -- --quick        fewer rounds: what is far off shows, in two minutes or so;
                                       growth, footprint and switches only when named
       npm run bench -- --json         print one JSON document in place of tables

${list}

Needs a build first (npm run build), and a PostgreSQL at TEST_DATABASE_URL
(postgres://postgres@127.0.0.1:5432/postgres), where each makes a database of its own and drops it.
docs/performance.md says how to read the tables.`;

const { only, quick, json } = readOptions(USAGE, {
  only: { type: 'string' },
  quick: { type: 'boolean' },
  json: { type: 'boolean' },
});
/** What takes minutes however few its rounds are. */
const SLOW = new Set(['growth', 'footprint', 'switches']);
const chosen =
  only?.split(',').map((name) => name.trim()) ?? names.filter((name) => !quick || !SLOW.has(name));
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No such bench: ${unknown.join(', ')}. There are ${names.join(', ')}.`);
  process.exit(2);
}

const machine = {
  node: process.versions.node,
  processors: `${cpus().length} × ${cpus()[0]?.model}`,
  load: Number(loadavg()[0].toFixed(1)),
};
if (!json) {
  console.log(`Node.js ${machine.node}, ${machine.processors}, load ${machine.load}\n`);
}
const environment = {
  ...process.env,
  ...(quick && { BENCH_QUICK: 'yes' }),
  ...(json && { BENCH_JSON: 'yes' }),
};
const results = [];
for (const name of chosen) {
  const file = fileURLToPath(new URL(`${name}.bench.mjs`, import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', file], {
    env: environment,
    stdio: ['inherit', json ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
  });
  if (json) {
    const printed = stdout.split('\n').filter((line) => line.startsWith('{'));
    results.push({ bench: name, printed: printed.map((line) => JSON.parse(line)) });
  }
  if (status !== 0) process.exit(status ?? 1);
}
if (json) {
  console.log(JSON.stringify({ machine, loadAfter: loadavg()[0], results }, null, 2));
}
