import type { TestApp } from './app.js';

/** What the database holds to check secrets by, from every column that is called a hash or a secret. */
export async function storedSecrets({ engine }: TestApp): Promise<string[]> {
  const { rows: columns } = await engine.pool.query<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name ~ 'hash|secret' AND data_type = 'text'`,
  );
  const found = await Promise.all(
    columns
      .filter(({ table }) => !table.startsWith('audit_')) // what chains the trail is public
      .map(({ table, column }) =>
        engine.pool.query<{ value: string }>(
          `SELECT "${column}" AS value FROM "${table}" WHERE length("${column}") > 8`,
        ),
      ),
  );
  return found.flatMap(({ rows }) => rows.map(({ value }) => value));
}
