// What the built service takes: its share of the machine's memory (PSS) when it is idle and after many
// requests, and the time from its start until it is ready, on an empty database (cold) and on one that
// is there (warm). On PostgreSQL the server's own memory is not in it; embedded, the database is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService, stopService } from './built-service.mjs';
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
  const cold = await startService(environment);
  await stopService(cold.child);
  const warm = [];
  for (let turn = 1; turn < STARTS; turn++) {
    const { child, seconds } = await startService(environment);
    warm.push(seconds);
    await stopService(child);
  }
  const { child, url, seconds } = await startService(environment);
  warm.push(seconds);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const memory = [pssMegabytes(child.pid)];
  const options = { url, connections: 16, timeout: 60 };
  const requests = [request({ path: '/.well-known/jwks.json' })];
  for (const [index, count] of REQUESTS.entries()) {
    await load.run({ ...options, requests, amount: count - (REQUESTS[index - 1] ?? 0) });
    memory.push(pssMegabytes(child.pid));
  }
  await stopService(child);
  rows.push([engine, round(cold.seconds), round(median(warm)), ...memory.map(round), `≤ ${aim}`]);
}
