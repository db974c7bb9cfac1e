// Records audit events as fast as it can, and says of each that it is kept: one line `kept <subject>`
// for every call that has returned. Its parent kills it. With `report`, it starts, brings in what the
// killed have left, and says what is in the trail.
import { writeSync } from 'node:fs';
import { createApp, prepare } from '../../dist/app.js';
import { AuditService } from '../../dist/features/audit/audit.service.js';
import { loadConfig } from '../../dist/platform/config/load-config.js';
import { Database } from '../../dist/platform/database/database.js';
import { openEngine } from '../../dist/platform/database/database.module.js';
import { createLog } from '../../dist/platform/logging/log.js';

const AT_ONCE = 32;
const ACTION = 'auth.sessions_ended';
const [mode, name] = process.argv.slice(2);

/** Written at once: what was said is in the pipe when the process is killed. */
function say(line) {
  let rest = Buffer.from(`${line}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error; // the parent has yet to read
    }
  }
}

const loaded = loadConfig(process.env, '/dev/null');
const log = await createLog(loaded.config, { write: () => undefined });
const engine = await openEngine(loaded.config);
const app = await createApp({ ...loaded, log, engine });
await prepare(app);

if (mode === 'report') {
  const verdict = await app.get(AuditService).verify();
  const { rows } = await engine.pool.query(
    'SELECT sequence::text, subject FROM audit_logs WHERE action = $1 ORDER BY audit_logs.sequence',
    [ACTION],
  );
  const waiting = await engine.pool.query('SELECT count(*)::int AS count FROM audit_pending');
  say(JSON.stringify({ verdict, entries: rows, pending: waiting.rows[0].count }));
  await app.close();
} else {
  say('sending');
  await Promise.all(Array.from({ length: AT_ONCE }, (_, line) => send(line)));
}

/** Each other event is part of a transaction; in an outage such a one fails, and is not acknowledged. */
async function send(line) {
  const [audit, database] = [app.get(AuditService), app.get(Database)];
  for (let n = 0; ; n++) {
    const subject = `${name}-${line}-${n}`;
    const record = () => audit.record(ACTION, { subject, metadata: { sessions: n } });
    try {
      await (n % 2 === 0 ? record() : database.transaction(record));
      say(`kept ${subject}`);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
