import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';
import { Service } from '../service.js';

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

describe('the embedded database', () => {
  it('belongs to one process; a second one is refused in one line', async () => {
    const first = start();
    const api = await first.ready();
    const second = start();
    expect(await second.exit).toBe(1);
    expect(second.output.trim().split('\n').at(-1)).toMatch(/is in use by process \d+\. Stop that/);
    expect(second.output).toContain(`process ${first.pid}`);
    expect((await api.get('/health/ready')).status).toBe(200);
  });

  it('is free again after a SIGKILL', async () => {
    const first = start();
    await first.ready();
    await first.kill();
    const api = await start().ready();
    expect((await api.get('/health/ready')).status).toBe(200);
  });
});
