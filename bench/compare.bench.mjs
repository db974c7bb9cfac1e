// The service beside programs that do the same work with less around it (bench/baselines/). All run in
// one go, a process each, on the same PostgreSQL, under the same load from a process of its own, in
// turns. Ratios are taken round by round, and their median counts. `CPU` is what a call takes of a
// processor, all threads of the program: the figure that suffers least from a busy machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scratchDatabase } from './scratch-database.mjs';
import { addAccounts, ADMIN, aerieEnvironment, signIn } from './side-by-side/aerie-environment.mjs';
import { HttpLoad, request } from './side-by-side/http-load.mjs';
import { AERIE, Program } from './side-by-side/programs.mjs';
import { compare, inTurns } from './side-by-side/rounds.mjs';
import { isQuick, printNote, printTable, round } from './table.mjs';

const SECONDS = isQuick ? 1 : 3;
/** Sixteen sign-ins at once take more than a second of two cores. */
const SIGN_IN_SECONDS = 6;
const ROUNDS = isQuick ? 3 : 7;
const WARM_UP = isQuick ? 1_000 : 5_000;
const CONNECTIONS = 16;
const POOL = 20;
const AT_ONCE = 1_000;
const ACCOUNTS = 64;
const NEW_KEY = { name: 'nightly export', scopes: ['account:read'], expiresInDays: 30 };

const directory = mkdtempSync(join(tmpdir(), 'aerie-bench-'));
const database = await scratchDatabase();
const load = new HttpLoad();
const running = [];
const rows = [];

try {
  if (database) await compareAll(database.url);
  else printNote('compare: nothing measured, no PostgreSQL answers at TEST_DATABASE_URL.');
} finally {
  load.stop();
  await Promise.all(running.map((program) => program.stop()));
  await database?.drop();
  rmSync(directory, { recursive: true, force: true });
}
if (rows.length > 0) {
  printTable(
    `compare: calls a second, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s`,
    ['work', 'Aerie', 'beside', 'calls/s', 'ratio', 'spread', 'CPU µs', 'aim', ''],
    rows,
  );
}

async function compareAll(DATABASE_URL) {
  const shared = { DATABASE_URL, POOL: String(POOL), AT_ONCE: String(AT_ONCE) };
  const environment = {
    ...aerieEnvironment(join(directory, 'data')),
    ...shared,
    DB_POOL_MAX: String(POOL),
  };
  const aerie = await start('Aerie', AERIE, environment);
  const { token, keySet } = await signIn(aerie.facts.url);

  await section(async () => {
    const nest = await start('bare Nest + Fastify', '../baselines/nest-fastify.mjs');
    const plain = await start('plain assembly', '../baselines/plain-assembly.mjs');
    const [ours, bare, usual] = [aerie, nest, plain].map((program) =>
      overHttp(program, [{ path: '/v1/small' }]),
    );
    const samples = await inTurns([ours, bare, usual], ROUNDS);
    report('smallest route', samples, aerie, nest, 0.5);
    report('smallest route', samples, aerie, plain, 6);
  });

  await section(async () => {
    const tokens = { JWKS: JSON.stringify(keySet), ISSUER: 'aerie', AUDIENCE: 'aerie-api' };
    const bare = await start('Fastify + jose + pg', '../baselines/fastify-pg.mjs', {
      ...shared,
      ...tokens,
    });
    const uncached = await start('Aerie, no cache', AERIE, {
      ...environment,
      WITHOUT_CACHE: 'yes',
    });
    const ask = (program) => overHttp(program, [{ path: '/v1/users/me', token }]);
    const me = await inTurns([aerie, uncached, bare].map(ask), ROUNDS);
    report('own account, rows cached', me, aerie, bare, 0.6);
    report('own account, no cache', me, uncached, bare, 0.35);

    const create = { path: '/v1/keys', method: 'POST', token, body: NEW_KEY };
    const make = (program) => overHttp(program, [create], WARM_UP / 5);
    const keys = await inTurns([aerie, bare].map(make), ROUNDS);
    report('create a row and its audit entry', keys, aerie, bare, 0.5);
  });

  await section(async () => {
    const { emails, passwordHash } = await addAccounts(DATABASE_URL, ACCOUNTS);
    const hashing = await start('raw argon2id', '../baselines/argon2id.mjs', {
      PASSWORD_HASH: passwordHash,
      PASSWORD: ADMIN.password,
    });
    const signIns = emails.map((email) => ({
      path: '/v1/auth/login',
      method: 'POST',
      body: { ...ADMIN, email },
    }));
    const logins = overHttp(aerie, signIns, ACCOUNTS, SIGN_IN_SECONDS);
    report('log in', await inTurns([logins, byItself(hashing)], ROUNDS), aerie, hashing, 0.9);
  });

  await section(async () => {
    const single = await start('an INSERT each', '../baselines/insert-per-event.mjs', shared);
    const samples = await inTurns([aerie, single].map(byItself), ROUNDS);
    report('audit events, no transaction', samples, aerie, single, 10);
  });
}

/** What a section starts ends with it: an idle process takes memory from the others. */
async function section(work) {
  const before = running.length;
  await work();
  await Promise.all(running.splice(before).map((program) => program.stop()));
}

async function start(name, file, environment) {
  const program = await Program.start(name, file, directory, environment);
  running.push(program);
  return program;
}

function overHttp(program, requests, warmUp = WARM_UP, seconds = SECONDS) {
  const { name, facts } = program;
  const connections = CONNECTIONS;
  const options = { url: facts.url, connections, timeout: 60, requests: requests.map(request) };
  return {
    name,
    program,
    warmUp: () => load.run({ ...options, amount: warmUp }),
    run: () => load.run({ ...options, duration: seconds }),
  };
}

function byItself(program) {
  const run = () => program.measure(SECONDS);
  return { name: program.name, program, warmUp: run, run };
}

function report(work, samples, ours, theirs, aim) {
  const result = compare(samples.get(ours.name), samples.get(theirs.name));
  rows.push([
    work,
    round(result.ours),
    theirs.name,
    round(result.theirs),
    result.ratio.toFixed(2),
    `${result.lowest.toFixed(2)} to ${result.highest.toFixed(2)}`,
    result.cpu.some(Number.isNaN) ? 'not told' : result.cpu.map(Math.round).join(' : '),
    `≥ ${aim}`,
    result.ratio >= aim ? 'met' : 'missed',
  ]);
}
