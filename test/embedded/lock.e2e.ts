import { describe, expect, it } from 'vitest';
import { Services } from '../service.js';

const services = new Services();

describe('the embedded database', () => {
  it('belongs to one process; a second one is refused in one line', async () => {
    const first = services.start();
    const api = await first.ready();
    const second = services.start();
    expect(await second.exit).toBe(1);
    expect(second.output.trim().split('\n').at(-1)).toMatch(/is in use by process \d+\. Stop that/);
    expect(second.output).toContain(`process ${first.pid}`);
    expect((await api.get('/health/ready')).status).toBe(200);
  });

  it('is free again after a SIGKILL', async () => {
    const first = services.start();
    await first.ready();
    await first.kill();
    const api = await services.start().ready();
    expect((await api.get('/health/ready')).status).toBe(200);
  });
});
