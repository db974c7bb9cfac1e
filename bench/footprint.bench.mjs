// What the built service takes: its share of the machine's memory (PSS) when it is idle and after many
// requests, and the time from its start until it is ready, on an empty database (cold) and on one that
// is there (warm). On PostgreSQL the server's own memory is not in it; embedded, the database is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAIN, NODE_OPTIONS } from '../scripts/start-arguments.mjs';
import { scratchDatabase } from './scratch-database.mjs';
import { aerieEnvironment } from './side-by-side/aerie-environment.mjs';
import { HttpLoad, request } from './side-by-side/http-load.mjs';
import { pssMegabytes } from './side-by-side/programs.mjs';
import { isQuick, median, printNote, printTable, round } from './table.mjs';

const STARTS = isQuick ? 1 : 5;
const REQUESTS = isQuick ? [2_000, 4_000] : [100_000, 500_000, 1_000_000];
const IDLE_MS = 2_000;

const directory = mkdtempSync(join(tmpdir(), 'aerie-bench-'));
const scratch = await scratchDatabase();
const load = new HttpLoad();
const rows = [];
try {
  await measure('embedded', 'embedded', 350);
  if (scratch) await measure('PostgreSQL', scratch.url, 200);
  else printNote('footprint: only embedded, no PostgreSQL answers at TEST_DATABASE_URL.');
} finally {
  load.stop();
  await scratch?.drop();
  rmSync(directory, { recursive: true, force: true });
}
const after = REQUESTS.map((count) => `after ${count.toLocaleString('en')}`);
printTable(
  'footprint: s until ready, and MB (PSS)',
  ['engine', 'cold', 'warm', 'idle', ...after, 'aim, MB'],
  rows,
);

async function measure(engine, DATABASE_URL, aim) {
  const environment = { ...aerieEnvironment(join(directory, engine)), DATABASE_URL };
  const cold = await start(environment);
  await stop(cold.child);
  const warm = [];
  for (let turn = 1; turn < STARTS; turn++) {
    const { child, seconds } = await start(environment);
    warm.push(seconds);
    await stop(child);
  }
  const { child, url, seconds } = await start(environment);
  warm.push(seconds);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const memory = [pssMegabytes(child.pid)];
  const options = { url, connections: 16, timeout: 60 };
  const requests = [request({ path: '/.well-known/jwks.json' })];
  for (const [index, count] of REQUESTS.entries()) {
    await load.run({ ...options, requests, amount: count - (REQUESTS[index - 1] ?? 0) });
    memory.push(pssMegabytes(child.pid));
  }
  await stop(child);
  rows.push([engine, round(cold.seconds), round(median(warm)), ...memory.map(round), `≤ ${aim}`]);
}

/** Resolves when the log says that the service is ready. All of it is read, or it would wait in memory. */
async function start(environment) {
  const began = performance.now();
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn(process.execPath, [...NODE_OPTIONS, MAIN], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let url;
  const ready = new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      if (url) return;
      output += chunk;
      url = /"address":"(http[^"]+)"[^\n]*"msg":"ready"/.exec(output)?.[1];
      if (url) resolve();
    });
    child.once('close', () => reject(new Error(`the service ended:\n${output}`)));
  });
  await ready;
  return { child, url, seconds: (performance.now() - began) / 1_000 };
}

async function stop(child) {
  const closed = once(child, 'close');
  child.kill();
  await closed;
}
