import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { Lifecycle } from '#platform/lifecycle/lifecycle';
import { confirmReady } from '#platform/lifecycle/listen';
import { Log } from '#platform/logging/log';
import { startApp } from '../app.js';
import { emptyDatabase } from '../databases.js';
import { Services } from '../service.js';
import { OwnProcess } from '../../drills/kit/own-process.mjs';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';

const services = new Services(emptyDatabase);

const connection = () =>
  new Client({ connectionString: services.database.environment.DATABASE_URL });

describe('a database server', () => {
  it('without the database ends the start with one clear line', async () => {
    const url = new URL(services.database.environment.DATABASE_URL);
    url.pathname = '/aerie_that_nobody_made';
    const service = services.start({ DATABASE_URL: url.href });
    expect(await service.exit).toBe(1);
    expect(service.output).toMatch(
      /The database aerie_that_nobody_made at \S+ does not exist there/,
    );
    expect(service.output).not.toMatch(/\n\s+at /);
  });

  it('lets a service whose keys are given do without a DATA_DIR', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const service = services.start({
      DATA_DIR: '/dev/null/aerie',
      JWT_SIGNING_KEYS: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
      ENCRYPTION_KEYS: `mine:${randomBytes(32).toString('base64')}`,
    });
    const api = await service.ready();
    expect((await api.get('/health/ready')).status).toBe(200);
  });

  it('lets go in order of a service that is told to stop while it migrates', async () => {
    const service = services.start({ LOG_LEVEL: 'info' });
    await service.said(/listening, not ready yet/);
    service.signal('SIGTERM');
    expect(await service.exit).toBe(0);
    expect(service.output).toContain('stopped');
    expect(service.output).not.toMatch(/\n\s+at |does not exist/);
  });

  it('that is not there yet is waited for, with health answering meanwhile', async () => {
    const target = new URL(services.database.environment.DATABASE_URL);
    const proxy = await TcpProxy.to(target);
    await proxy.refuse();
    const service = services.start({ DATABASE_URL: proxy.url(target), LOG_LEVEL: 'info' });
    await service.said(/waiting for it/);
    const address = await service.said(/listening.*?(http:\/\/[\d.:]+)/);
    expect((await fetch(`${address}/health/live`)).status).toBe(200);
    expect((await fetch(`${address}/health/ready`)).status).toBe(503);
    const startup = await fetch(`${address}/health/startup`);
    expect(startup.status).toBe(503);
    expect(JSON.stringify(await startup.json())).toContain('"waitingFor":"the database"');
    expect(await (await fetch(`${address}/health`)).json()).toMatchObject({
      lifecycle: {
        step: 'applying migrations',
        waitingFor: 'the database',
        waitingSeconds: expect.any(Number),
      },
    });
    const data = await fetch(`${address}/v1/users/me`);
    expect(data.status).toBe(503);
    expect(data.headers.get('retry-after')).toBe('1');
    const { type, runbook } = (await data.json()) as { type: string; runbook: string };
    expect(runbook).toBe('docs/runbooks/starting.md');
    expect((await fetch(address + type)).status).toBe(200);
    await proxy.pass();
    const api = await service.ready();
    await service.said(/the database answers/);
    expect((await api.get('/health/ready')).status).toBe(200);
    await proxy.close();
  });

  it('that is away at the moment of the self-check ends no start', async () => {
    const target = new URL(services.database.environment.DATABASE_URL);
    const proxy = await TcpProxy.to(target);
    const test = await startApp({ DATABASE_URL: proxy.url(target) });
    await proxy.refuse();
    await confirmReady(test.api.url, test.app.get(Lifecycle), test.app.get(Log));
    expect(test.lines.filter(({ away }) => away)).toMatchObject([{ away: ['database'] }]);
    await proxy.pass();
    await vi.waitFor(
      async () => expect((await test.api.get('/health/ready')).status).toBe(200),
      20_000,
    );
    await test[Symbol.asyncDispose]();
    await proxy.close();
  });

  it('is never called ready by a process that was told to stop while it started', async () => {
    const holder = connection();
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock(72707369)'); // migrations wait for it
    const service = services.start({ SHUTDOWN_GRACE_MS: '5000' });
    await service.said(/listening, not ready yet/);
    service.signal('SIGTERM');
    await service.said(/stopping: not ready any more/);
    await holder.end();
    expect(await service.exit).toBe(0);
    expect(service.output).not.toContain('is ready');
  });

  it('is brought up to date once by five processes that start together', async () => {
    const holder = connection();
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock(72707369)'); // so that they meet
    const { environment } = services.database;
    const env = { PATH: process.env['PATH'], ...environment };
    const service = services.start();
    const commands = Array.from(
      { length: 4 },
      () => new OwnProcess(process.execPath, ['scripts/migrate.mjs'], { env }),
    );
    await vi.waitFor(async () => {
      const { rows } = await holder.query(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(rows.length).toBeGreaterThanOrEqual(2);
    }, 100_000);
    await holder.query('SELECT pg_advisory_unlock_all()');

    expect(await Promise.all(commands.map(({ exit }) => exit))).toEqual([0, 0, 0, 0]);
    expect((await (await service.ready()).get('/health/ready')).status).toBe(200);
    const { rows } = await holder.query<{ name: string; isFinished: boolean }>(
      `SELECT migration_name AS name, finished_at IS NOT NULL AS "isFinished"
       FROM _prisma_migrations ORDER BY 1`,
    );
    await holder.end();
    const migrations = readdirSync('prisma/migrations', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ name, isFinished: true }));
    expect(rows).toEqual(migrations.toSorted((one, other) => (one.name < other.name ? -1 : 1)));
  });
});
