import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { openEngine } from '#platform/database/database.module';
import { Services } from '../service.js';
import { verifyAudit } from '../verify-audit.js';

const services = new Services();

const verify = (...options: string[]) => verifyAudit(services.database.environment, ...options);

async function sql<Row extends object>(...statements: string[]): Promise<Row[]> {
  const environment = { NODE_ENV: 'test', ...services.database.environment };
  const engine = await openEngine(loadConfig(environment, '/dev/null').config);
  try {
    let rows: Row[] = [];
    for (const statement of statements) ({ rows } = await engine.pool.query<Row>(statement));
    return rows;
  } finally {
    await engine.close();
  }
}

async function runAndStop(sendRequests: number): Promise<void> {
  const service = services.start();
  const api = await service.ready();
  await Promise.all(
    Array.from({ length: sendRequests }, (_, n) => api.register(`user${n}@example.com`)),
  );
  service.signal('SIGTERM');
  expect(await service.exit).toBe(0);
}

it('a clean stop leaves nothing pending and a checkpoint of the last entry; the command proves the trail whole, or says from where on it is not', async () => {
  await runAndStop(10);
  const [state] = await sql<{ head: string; hash: string; pending: number }>(
    `SELECT sequence::text AS head, hash, (SELECT count(*)::int FROM audit_pending) AS pending
     FROM audit_logs ORDER BY audit_logs.sequence DESC LIMIT 1`,
  );
  const folder = join(services.database.environment.DATA_DIR, 'audit', 'checkpoints');
  const lines = readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter(Boolean);
  expect(state!.pending).toBe(0);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ sequence: state!.head, hash: state!.hash });

  expect(await verify()).toEqual({
    code: 0,
    output: expect.stringContaining(
      `Whole: ${state!.head} entries, up to ${state!.head}.`,
    ) as string,
  });
  const since = await verify('--since-checkpoint');
  expect(since.output).toContain(`from the checkpoint at entry ${state!.head} on`);
  expect(since.code).toBe(0);

  await sql(
    'ALTER TABLE audit_logs DISABLE TRIGGER USER',
    `UPDATE audit_logs SET subject = 'somebody else' WHERE sequence = 3`,
  );
  const altered = await verify();
  expect(altered.code).toBe(1);
  expect(altered.output).toContain('ALTERED from entry 3 on');
  expect((await verify('--since-checkpoint')).code).toBe(0);

  await sql(`DELETE FROM audit_logs WHERE sequence >= 3`);
  const cut = await verify('--since-checkpoint');
  expect(cut.code).toBe(1);
  expect(cut.output).toContain('ALTERED from entry 3 on');
});

it('leaves an embedded database alone that a service holds', async () => {
  const service = services.start();
  await service.ready();
  const { code, output } = await verify();
  expect(code).toBe(1);
  expect(output).toContain(`is in use by process ${service.pid}`);
});
