// Audit events the way most write them: each an INSERT of its own, over a pool.
import { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { callsWithin, serve } from '../side-by-side/child.mjs';

const { DATABASE_URL, POOL, AT_ONCE } = process.env;
const pool = new Pool({ connectionString: DATABASE_URL, max: Number(POOL) });

const INSERT_EVENT = `INSERT INTO audit_pending (event_id, "time", action, severity, subject, metadata)
  VALUES ($1, $2, 'auth.sessions_ended', 'notice', $3, $4)`;

const insert = (n) =>
  pool.query({
    name: 'event',
    text: INSERT_EVENT,
    values: [uuidv7(), new Date(), `subject ${n}`, { sessions: n }],
  });

serve({ measure: (seconds) => callsWithin(seconds, Number(AT_ONCE), insert) });
