import { expect, it } from 'vitest';
import { Client } from 'pg';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';
import { Services } from '../service.js';
import { verifyAudit } from '../verify-audit.js';

const services = new Services();

it('a database that has moved is compared with what was signed at its old address', async () => {
  const { environment } = services.database;
  const proxy = await TcpProxy.to(new URL(environment.DATABASE_URL));
  const former = proxy.url(new URL(environment.DATABASE_URL));
  const service = services.start({ DATABASE_URL: former });
  await (await service.ready()).register('ada@example.com');
  service.signal('SIGTERM');
  expect(await service.exit).toBe(0);
  await proxy.close();
  const { host, pathname } = new URL(former);
  const formerName = `${host}${pathname}`;
  const verify = (...options: string[]) => verifyAudit(environment, ...options);
  const named = await verify('--checkpoints-of', formerName);
  expect(named.output).toMatch(/with \d+ checkpoints[^]*Whole: /);
  expect(named.code).toBe(0);

  const client = new Client(environment.DATABASE_URL);
  await client.connect();
  await client.query('ALTER TABLE audit_logs DISABLE TRIGGER USER');
  await client.query(
    'DELETE FROM audit_logs WHERE sequence = (SELECT max(sequence) FROM audit_logs)',
  );
  await client.end();
  const unaware = await verify();
  expect(unaware.output).toContain(`but of ${formerName}. A tail that was cut off is not noticed.`);
  expect(unaware.code).toBe(0);
  const cut = await verify('--checkpoints-of', formerName);
  expect(cut.output).toMatch(/ALTERED .*the tail from \d+ on was cut off/);
  expect(cut.code).toBe(1);

  const misspelt = await verify('--checkpoints-of', 'nowhere/aerie');
  expect(misspelt).toEqual({ code: 1, output: 'DATA_DIR has no checkpoint of nowhere/aerie.\n' });
  expect((await verify('--archive', 'some.gz', '--checkpoints-of', formerName)).code).toBe(2);
});
