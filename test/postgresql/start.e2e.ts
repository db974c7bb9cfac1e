import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { emptyDatabase } from '../databases.js';
import { Services } from '../service.js';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';

const services = new Services(emptyDatabase);

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

  it('that is not there yet is waited for, with health answering meanwhile', async () => {
    const target = new URL(services.database.environment.DATABASE_URL);
    const proxy = await TcpProxy.to(target);
    await proxy.refuse();
    const service = services.start({ DATABASE_URL: proxy.url(target), LOG_LEVEL: 'info' });
    await service.said(/waiting for it/);
    const address = await service.said(/listening.*?(http:\/\/[\d.:]+)/);
    expect((await fetch(`${address}/health/live`)).status).toBe(200);
    expect((await fetch(`${address}/health/ready`)).status).toBe(503);
    expect((await fetch(`${address}/health/startup`)).status).toBe(503);
    const data = await fetch(`${address}/v1/users/me`);
    expect(data.status).toBe(503);
    expect(data.headers.get('retry-after')).toBe('1');
    await proxy.pass();
    const api = await service.ready();
    expect((await api.get('/health/ready')).status).toBe(200);
    await proxy.close();
  });

  it('is never called ready by a process that was told to stop while it started', async () => {
    const holder = new Client({ connectionString: services.database.environment.DATABASE_URL });
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
    const five = Array.from({ length: 5 }, () => services.start());
    const apis = await Promise.all(five.map((service) => service.ready()));
    for (const api of apis) expect((await api.get('/health/ready')).status).toBe(200);
  });
});
