// Archives the audit trail like `npm run audit:archive`, and is gone (SIGKILL) right behind the step given.
import { fromDist } from '../../scripts/command-line.mjs';

await fromDist('features/audit/trail.actions.js');
const { ArchiveDatabase } = await fromDist('features/audit/archive/archive-database.js');
const { archiveStandingOf } = await fromDist('features/audit/archive/archive-standing.js');
const { Archiver } = await fromDist('features/audit/archive/archiver.js');
const { AuditKeys } = await fromDist('features/audit/chain/audit-keys.js');
const { EventMaker } = await fromDist('features/audit/event-maker.js');
const { loadConfig } = await fromDist('platform/config/load-config.js');
const { openEngine } = await fromDist('platform/database/database.module.js');

const { config } = loadConfig(process.env, '/dev/null');
const keys = new AuditKeys(config);
const engine = await openEngine(config);
const database = new ArchiveDatabase({
  query: async (text, values) => (await engine.pool.query(text, values)).rows,
  session: (work) => engine.withSession(work),
});
const archiver = new Archiver(
  database,
  keys,
  new EventMaker(keys),
  await archiveStandingOf(config),
);
await archiver.run({
  before: new Date(Date.now() + 60_000),
  onStep: (step) => {
    if (step === process.argv[2]) process.kill(process.pid, 'SIGKILL');
  },
});
