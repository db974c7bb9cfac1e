// What a request costs less with one stage taken out, of those that it can do without: one process, in turns,
// since two of the same program differ by more than a stage. Unlike the clock of the bench `pipeline` this has
// in it what a stage costs others (garbage, promises, headers to write), and is no finer than the machine is quiet.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scratchDatabase } from './scratch-database.mjs';
import { aerieEnvironment, signIn } from './side-by-side/aerie-environment.mjs';
import { HttpLoad, request } from './side-by-side/http-load.mjs';
import { AERIE, Program } from './side-by-side/programs.mjs';
import { inTurns } from './side-by-side/rounds.mjs';
import { isQuick, median, printNote, printTable, round } from './table.mjs';

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
const ROUNDS = isQuick ? 3 : 11;
const REQUESTS = isQuick ? 2_000 : 10_000;

const directory = mkdtempSync(join(tmpdir(), 'aerie-bench-'));
const scratch = await scratchDatabase();
const load = new HttpLoad();
try {
  if (scratch) await measureAll(scratch.url);
  else printNote('switches: nothing measured, no PostgreSQL answers at TEST_DATABASE_URL.');
} finally {
  load.stop();
  await scratch?.drop();
  rmSync(directory, { recursive: true, force: true });
}

async function measureAll(DATABASE_URL) {
  const program = await Program.start('aerie', AERIE, directory, {
    ...aerieEnvironment(join(directory, 'data')),
    DATABASE_URL,
    SWITCHABLE: 'yes',
  });
  try {
    const { url } = program.facts;
    const { token } = await signIn(url);
    const requests = [request({ path: '/v1/users/me', token })];
    const options = { url, connections: 16, timeout: 60, requests, amount: REQUESTS };
    const contenders = [AS_IT_IS, ...STAGES].map((name) => {
      const run = async () => {
        await program.leaveOut(name === AS_IT_IS ? '' : name);
        return load.run(options);
      };
      return { name, program, warmUp: run, run };
    });
    report(await inTurns(contenders, ROUNDS));
  } finally {
    await program.stop();
  }
}

function report(samples) {
  const cpuOf = (name) => samples.get(name).map(({ cpuMicroseconds }) => cpuMicroseconds);
  const whole = cpuOf(AS_IT_IS);
  const rows = STAGES.map((stage) => {
    const less = cpuOf(stage).map((without, turn) => whole[turn] - without);
    const share = Math.round((median(less) / median(whole)) * 100);
    const spread = [0.25, 0.75].map((part) => Math.round(quantile(less, part))).join(' to ');
    return [stage, Math.round(median(less)), spread, share];
  });
  printTable(
    `switches: CPU µs of GET users/me, ${round(median(whole))} in all`,
    ['without', 'less, µs', 'half of the rounds', 'less, %'],
    rows,
  );
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)];
}
