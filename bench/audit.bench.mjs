// What recording costs: events that belong to no transaction, in batches and one insert each, and an
// event that is part of a transaction, beside the write that it accompanies. On the embedded database
// and, where one answers at TEST_DATABASE_URL (postgres://postgres@127.0.0.1:5432/postgres), on a
// database of its own there. Sealing goes on meanwhile, as it does in the service.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { fromDist } from '../scripts/command-line.mjs';
import { scratchDatabase } from './scratch-database.mjs';
import { isQuick, median, printTable, round } from './table.mjs';

const { createApp, prepare } = await fromDist('app.js');
const { AuditService } = await fromDist('features/audit/audit.service.js');
const { EventMaker } = await fromDist('features/audit/event-maker.js');
const { Intake } = await fromDist('features/audit/writer/intake.js');
const { loadConfig } = await fromDist('platform/config/load-config.js');
const { Database } = await fromDist('platform/database/database.js');
const { openEngine } = await fromDist('platform/database/database.module.js');
const { createLog } = await fromDist('platform/logging/log.js');

const EVENTS = isQuick ? 1_000 : 5_000;
const AT_ONCE = 32;
const ROUNDS = isQuick ? 3 : 15;
const WRITES = 20;
const ACTION = 'auth.sessions_ended';

const directory = mkdtempSync(join(tmpdir(), 'aerie-bench-'));
const scratch = await scratchDatabase();
const rates = [];
const costs = [];
try {
  await measure('embedded', 'embedded');
  if (scratch) await measure('PostgreSQL', scratch.url);
} finally {
  await scratch?.drop();
  rmSync(directory, { recursive: true, force: true });
}
printTable(
  `audit: events without a transaction, a second`,
  ['', 'one insert each', 'in batches', 'times'],
  rates,
);
printTable(
  'audit: a write in a transaction, ms',
  ['', 'without', 'with an event', 'more, %'],
  costs,
);

async function measure(name, DATABASE_URL) {
  const DATA_DIR = join(directory, name);
  const loaded = loadConfig({ NODE_ENV: 'test', DATA_DIR, DATABASE_URL }, '/dev/null');
  const log = await createLog(loaded.config, { write() {} });
  const app = await createApp({ ...loaded, log, engine: await openEngine(loaded.config) });
  await prepare(app);
  rates.push([name, ...(await compareRates(app))]);
  costs.push([name, ...(await compareWrites(app.get(Database), app.get(AuditService)))]);
  await app.close();
}

async function compareRates(app) {
  const [audit, intake, maker] = [app.get(AuditService), app.get(Intake), app.get(EventMaker)];
  const one = await rateOf(EVENTS / 5, AT_ONCE, (n) => intake.add([maker.make(ACTION, fact(n))]));
  const batched = await rateOf(EVENTS, EVENTS, (n) => audit.record(ACTION, fact(n)));
  return [round(one), round(batched), round(batched / one)];
}

function fact(n) {
  return { subject: `subject ${n}`, metadata: { sessions: n } };
}

/** How many of `count` calls, so many at once, are done a second. */
async function rateOf(count, atOnce, call) {
  let next = 0;
  const line = async () => {
    while (next < count) await call(next++);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, line));
  return count / ((performance.now() - start) / 1_000);
}

/** Turn by turn, so that what else goes on meets both alike. */
async function compareWrites(database, audit) {
  const insert = () =>
    database.write((db) =>
      db.user.create({ data: { id: uuidv7(), email: `${uuidv7()}@example.com`, name: 'Ada' } }),
    );
  const both = async () => {
    await insert();
    await audit.record(ACTION, { subject: 'somebody', metadata: { sessions: 1 } });
  };
  const [without, with_] = [[], []];
  for (let n = 0; n < ROUNDS; n++) {
    without.push(await msOf(() => database.transaction(insert)));
    with_.push(await msOf(() => database.transaction(both)));
  }
  const [bare, audited] = [median(without), median(with_)];
  return [round(bare), round(audited), round((audited / bare - 1) * 100)];
}

async function msOf(write) {
  const start = performance.now();
  for (let n = 0; n < WRITES; n++) await write();
  return (performance.now() - start) / WRITES;
}
