import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';
import { Service } from '../service.js';
import { TcpProxy } from '../tcp-proxy.js';

let database: ScratchDatabase;
const started: Service[] = [];

beforeEach(async () => {
  database = await scratchDatabase();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.kill()));
  await database.drop();
});

function start(environment: Record<string, string> = {}): Service {
  const service = new Service({ ...database.environment, ...environment });
  started.push(service);
  return service;
}

describe('a database server', () => {
  it('without the database ends the start with one clear line', async () => {
    const url = new URL(database.environment.DATABASE_URL);
    url.pathname = '/aerie_that_nobody_made';
    const service = start({ DATABASE_URL: url.href });
    expect(await service.exit).toBe(1);
    expect(service.output).toMatch(
      /The database aerie_that_nobody_made at \S+ does not exist there/,
    );
    expect(service.output).not.toMatch(/\n\s+at /);
  });

  it('that is not there yet is waited for, with health answering meanwhile', async () => {
    const target = new URL(database.environment.DATABASE_URL);
    const proxy = await TcpProxy.to(target);
    await proxy.refuse();
    const service = start({ DATABASE_URL: proxy.url(target), LOG_LEVEL: 'info' });
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

  it('is brought up to date once by five processes that start together', async () => {
    const services = Array.from({ length: 5 }, () => start());
    const apis = await Promise.all(services.map((service) => service.ready()));
    for (const api of apis) expect((await api.get('/health/ready')).status).toBe(200);
  });
});
