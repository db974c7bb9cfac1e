// Whether a request costs more when there is more of something: connections, routes, audit entries.
// `CPU` is what a request takes of a processor, which a busy machine distorts least. Rate keys are in
// the bench `limits`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { scratchDatabase } from './scratch-database.mjs';
import { aerieEnvironment, signIn } from './side-by-side/aerie-environment.mjs';
import { HttpLoad, request } from './side-by-side/http-load.mjs';
import { AERIE, Program } from './side-by-side/programs.mjs';
import { isQuick, median, printNote, printTable, round } from './table.mjs';

const ROUNDS = isQuick ? 1 : 5;
const REQUESTS = isQuick ? 2_000 : 10_000;
const CONNECTIONS = isQuick ? [1, 100, 1_000] : [1, 100, 1_000, 5_000];
const ROUTES = [50, 500];
const ENTRIES = isQuick ? [1_000, 10_000] : [10_000, 1_000_000];

const directory = mkdtempSync(join(tmpdir(), 'aerie-bench-'));
const scratch = await scratchDatabase();
const load = new HttpLoad();
const environment = {
  ...aerieEnvironment(join(directory, 'data')),
  RATE_LIMIT_ADMIN: '100000/15m',
};
try {
  if (scratch) await measureAll({ ...environment, DATABASE_URL: scratch.url });
  else printNote('growth: nothing measured, no PostgreSQL answers at TEST_DATABASE_URL.');
} finally {
  load.stop();
  await scratch?.drop();
  rmSync(directory, { recursive: true, force: true });
}

async function measureAll(settings) {
  const columns = ['', 'CPU µs', 'PSS, MB'];
  const small = { path: '/v1/small' };
  await withAerie(settings, async (aerie) => {
    const rows = [];
    for (const connections of CONNECTIONS) {
      const cpu = await cpuOf(aerie, small, {
        connections,
        amount: Math.max(REQUESTS, connections),
      });
      rows.push([count(connections), cpu, megabytes(aerie)]);
    }
    printTable('growth: connections', columns, rows);
  });

  const byRoutes = [];
  for (const routes of ROUTES) {
    await withAerie({ ...settings, MORE_ROUTES: String(routes) }, async (aerie) => {
      const last = { path: `/v1/more-${routes - 1}` };
      byRoutes.push([count(routes), await cpuOf(aerie, last), megabytes(aerie)]);
    });
  }
  printTable('growth: routes more than there are', columns, byRoutes);

  await withAerie(settings, async (aerie) => {
    const { token } = await signIn(aerie.facts.url);
    const rows = [];
    let there = 0;
    for (const entries of ENTRIES) {
      await addEntries(settings.DATABASE_URL, there, entries);
      there = entries;
      const page = { path: '/v1/audit?limit=20', token };
      rows.push([count(entries), await cpuOf(aerie, page, { amount: 500 }), megabytes(aerie)]);
    }
    printTable('growth: audit entries, the newest twenty asked for', columns, rows);
  });
}

async function withAerie(settings, work) {
  const aerie = await Program.start('Aerie', AERIE, directory, settings);
  try {
    await work(aerie);
  } finally {
    await aerie.stop();
  }
}

/** Microseconds of a processor for a request: the median of the rounds, after one that warms up. */
async function cpuOf(aerie, { path, token }, { connections = 16, amount = REQUESTS } = {}) {
  const options = { url: aerie.facts.url, connections, amount, timeout: 60 };
  const samples = [];
  for (let turn = 0; turn <= ROUNDS; turn++) {
    const before = aerie.cpuSeconds();
    const { calls } = await load.run({ ...options, requests: [request({ path, token })] });
    if (turn > 0) samples.push(((aerie.cpuSeconds() - before) / calls) * 1e6);
  }
  return round(median(samples));
}

function megabytes(aerie) {
  return round(aerie.pssMegabytes());
}

/** Entries older than all, but for hashes that nobody is going to verify here; the sealer goes on at the other end. */
async function addEntries(connectionString, from, to) {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO audit_logs (sequence, event_id, "time", action, severity, subject, metadata, hash)
       SELECT -n, gen_random_uuid(), now(), 'auth.logged_in', 'info', 'subject ' || n, '{}', ''
       FROM generate_series($1::int, $2::int) AS n`,
      [from + 1, to],
    );
    await client.query('ANALYZE audit_logs');
  } finally {
    await client.end();
  }
}

function count(number) {
  return number.toLocaleString('en');
}
