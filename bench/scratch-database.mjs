import { Client } from 'pg';

/** Where a PostgreSQL is asked for: a database of its own is made there, and dropped. */
const server = process.env.TEST_DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/postgres';

/** A machine under load takes its time. */
const PATIENCE_MS = 15_000;

/** A new database on the server; null when none answers there. */
export async function scratchDatabase() {
  const name = `aerie_bench_${process.pid}`;
  if (!(await onServer(`CREATE DATABASE ${name}`))) return null;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = async () => {
    const isGone = await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
    if (!isGone) console.error(`The database ${name} could not be dropped.`);
  };
  return { url: url.href, drop };
}

async function onServer(statement) {
  const client = new Client({ connectionString: server, connectionTimeoutMillis: PATIENCE_MS });
  try {
    await client.connect();
    await client.query(statement);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
