import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbeddedEngine } from '#platform/database/embedded-engine';
import { emptyDatabase, scratchDatabase, type ScratchDatabase } from '../databases.js';

async function modeOnceOpened(database: ScratchDatabase): Promise<number> {
  const { DATA_DIR } = database.environment;
  const engine = await openEmbeddedEngine(DATA_DIR);
  const { mode } = statSync(join(DATA_DIR, 'postgres'));
  await engine.close();
  await database.drop();
  return mode & 0o777;
}

it('the embedded database is made for its owner only, since its files are open to everybody', async () => {
  expect(await modeOnceOpened(await emptyDatabase('embedded'))).toBe(0o700);
});

it('one that was left open is closed when it is opened', async () => {
  const database = await scratchDatabase('embedded');
  chmodSync(join(database.environment.DATA_DIR, 'postgres'), 0o755);
  expect(await modeOnceOpened(database)).toBe(0o700);
});
