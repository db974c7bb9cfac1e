// What a request costs less with one stage taken out, of those that it can do without: the service as it
// is beside itself, a process each, in turns. Unlike the clock of the bench `pipeline` this has in it what a
// stage costs others (garbage, promises, headers to write), and is no finer than the machine is quiet.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scratchDatabase } from './scratch-database.mjs';
import { aerieEnvironment, signIn } from './side-by-side/aerie-environment.mjs';
import { HttpLoad, request } from './side-by-side/http-load.mjs';
import { Program } from './side-by-side/programs.mjs';
import { inTurns } from './side-by-side/rounds.mjs';
import { isQuick, median, printNote, printTable, round } from './table.mjs';

/** Runs what one process does for all on a database, and is not measured. */
const LEADER = 'leader';
const AS_IT_IS = 'as it is';
const STAGES = [
  'observe requests',
  'log access',
  'say request id',
  'set security headers',
  'allow origins',
  'shed load',
  'refuse by head',
  'refuse wrong methods',
  'rate limit (address, account)',
  'request guard',
  'rate limit (user)',
  'leave trail',
];
const ROUNDS = isQuick ? 3 : 9;
const REQUESTS = isQuick ? 2_000 : 10_000;

const directory = mkdtempSync(join(tmpdir(), 'aerie-bench-'));
const scratch = await scratchDatabase();
const load = new HttpLoad();
const running = [];
try {
  if (scratch) await measureAll(scratch.url);
  else printNote('switches: nothing measured, no PostgreSQL answers at TEST_DATABASE_URL.');
} finally {
  load.stop();
  await Promise.all(running.map((program) => program.stop()));
  await scratch?.drop();
  rmSync(directory, { recursive: true, force: true });
}

async function measureAll(DATABASE_URL) {
  const contenders = [];
  let token;
  for (const stage of [LEADER, AS_IT_IS, ...STAGES]) {
    const program = await Program.start(stage, './aerie.mjs', directory, {
      ...aerieEnvironment(join(directory, 'data')),
      DATABASE_URL,
      DB_POOL_MAX: '4',
      DB_POOL_MIN: '0',
      WITHOUT: stage,
    });
    running.push(program);
    if (stage === LEADER) continue;
    token ??= (await signIn(program.facts.url)).token;
    const requests = [request({ path: '/v1/users/me', token })];
    const options = { url: program.facts.url, connections: 16, timeout: 60, requests };
    const run = () => load.run({ ...options, amount: REQUESTS });
    contenders.push({ name: stage, program, warmUp: run, run });
  }
  const samples = await inTurns(contenders, ROUNDS);
  const all = cpuOf(samples.get(AS_IT_IS));
  const rows = STAGES.map((stage) => {
    const without = cpuOf(samples.get(stage));
    return [stage, round(without), round(all - without), Math.round((1 - without / all) * 100)];
  });
  printTable(
    `switches: CPU µs of GET users/me, ${round(all)} in all`,
    ['without', 'CPU µs', 'less', 'less, %'],
    rows,
  );
}

/** The quietest third of the rounds: what else the machine did only ever adds. */
function cpuOf(samples) {
  const sorted = samples.map((sample) => sample.cpuMicroseconds).toSorted((a, b) => a - b);
  return median(sorted.slice(0, Math.ceil(sorted.length / 3)));
}
