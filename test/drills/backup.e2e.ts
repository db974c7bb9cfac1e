import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { findProgram } from '../../drills/kit/own-process.mjs';
import { ADMIN } from '../app.js';
import { emptyDatabase } from '../databases.js';
import { scratchDirectory } from '../scratch-directory.js';
import { Services } from '../service.js';

const VERIFY = fileURLToPath(new URL('../../scripts/verify-audit.mjs', import.meta.url));
const services = new Services();

/** As docs/backup.md has it. Returns how to restore it into what is empty. */
function backUp({ DATA_DIR, DATABASE_URL }: Record<string, string>, into: string) {
  const isEmbedded = DATABASE_URL === 'embedded';
  const dump = join(into, 'aerie.dump');
  if (isEmbedded) cpSync(DATA_DIR!, join(into, 'data'), { recursive: true });
  else {
    cpSync(join(DATA_DIR!, 'audit'), join(into, 'data', 'audit'), { recursive: true });
    execFileSync('pg_dump', ['-Fc', '-f', dump, DATABASE_URL!]);
    cpSync(join(DATA_DIR!, 'encryption-key'), join(into, 'data', 'encryption-key'));
  }
  return (empty: Record<string, string>) => {
    cpSync(join(into, 'data'), empty['DATA_DIR']!, { recursive: true });
    if (isEmbedded) return;
    execFileSync('pg_restore', [
      '--exit-on-error',
      '--no-owner',
      '-d',
      empty['DATABASE_URL']!,
      dump,
    ]);
  };
}

it('a backup restored as the document says has every account, and a trail that is whole', async (test) => {
  const { environment } = services.database;
  const isEmbedded = environment.DATABASE_URL === 'embedded';
  if (!isEmbedded && !(findProgram('pg_dump') && findProgram('pg_restore'))) {
    if (process.env['CI'] === 'true') throw new Error('pg_dump and pg_restore are not here');
    process.stderr.write('skipped: pg_dump and pg_restore are not here\n');
    return test.skip('pg_dump and pg_restore are not here');
  }
  const service = services.start();
  const api = await service.ready();
  await api.join('ada@example.com');
  const stop = async () => {
    service.signal('SIGTERM');
    expect(await service.exit).toBe(0);
  };
  if (isEmbedded) await stop(); // of the other the dump is taken while it runs
  const directory = scratchDirectory('aerie-backup-');
  const restore = backUp(environment, directory);
  if (!isEmbedded) await stop();

  const empty = await emptyDatabase();
  try {
    restore(empty.environment);
    const env = { PATH: process.env['PATH'], NODE_ENV: 'test', ...empty.environment };
    expect(String(execFileSync(process.execPath, [VERIFY], { env }))).toContain('Whole');
    const restored = services.start(empty.environment);
    const again = await restored.ready();
    const { accessToken: token } = (await again.logIn('ada@example.com')).body;
    expect((await again.get('/v1/users/me', { token })).status).toBe(200);
    const { accessToken: admin } = (await again.logIn(ADMIN.email, ADMIN.password)).body;
    expect(
      (await again.get('/v1/audit?action=user.registered', { token: admin })).body,
    ).toMatchObject({ items: [{ action: 'user.registered' }] });
    await restored.kill();
  } finally {
    rmSync(directory, { recursive: true });
    await empty.drop();
  }
});
