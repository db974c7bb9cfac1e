import { Client } from 'pg';
import { postgresUrl } from './servers.js';

/** Runs one statement on the server that the suites use. */
export async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
