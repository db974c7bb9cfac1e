import { expect, it } from 'vitest';
import { Services } from '../service.js';

const services = new Services();

it('SIGTERM under load: not ready first, what is in flight is finished, exit 0', async () => {
  const service = services.start({ SHUTDOWN_GRACE_MS: '8000' });
  const api = await service.ready();
  let sawNotReady = false;
  let acknowledged = 0;
  let answeredWhileNotReady = 0;
  const unexpected: number[] = [];

  const load = Array.from({ length: 8 }, async (_, client) => {
    for (let i = 0; ; i++) {
      const answer = await api.register(`load${client}-${i}@example.com`).catch(() => null);
      if (answer === null) return; // not taken any more: the check below counts what was
      if (answer.status === 202) acknowledged++;
      if (answer.status === 202 && sawNotReady) answeredWhileNotReady++;
      if (answer.status !== 202 && answer.status !== 503) unexpected.push(answer.status);
    }
  });
  await service.said(/status":202/);
  service.signal('SIGTERM');
  while (!sawNotReady) {
    const [ready, live] = await Promise.all([api.get('/health/ready'), api.get('/health/live')]);
    sawNotReady = ready.status === 503;
    if (sawNotReady) expect(JSON.stringify(ready.body)).toContain('draining');
    expect(live.status).toBe(200);
  }
  expect(await service.exit).toBe(0);
  await Promise.all(load);
  expect(unexpected).toEqual([]);
  // each request that was worked on reached its client: none was cut off half-way
  expect(service.output.match(/register","status":202/g)).toHaveLength(acknowledged);
  expect(answeredWhileNotReady).toBeGreaterThan(0);
  expect(service.output).toContain('stopped');
});

it('a second signal ends it at once, without a crash', async () => {
  const service = services.start({ SHUTDOWN_GRACE_MS: '60000' });
  await service.ready();
  service.signal('SIGTERM');
  await service.said(/stopping: not ready any more/);
  service.signal('SIGTERM');
  expect(await service.exit).toBe(143);
  expect(service.output).toContain('second signal: ending at once');
  expect(service.output).not.toMatch(/\n\s+at .*\(/);
});

it('an error that nobody caught is logged and ends the process in order, with exit 1', async () => {
  const service = services.start({ NODE_OPTIONS: `--import ${CRASH}` });
  await service.ready();
  service.signal('SIGUSR2');
  expect(await service.exit).toBe(1);
  expect(service.output).toContain('an error that nobody caught: stopping');
  expect(service.output).toContain('stopped');
});

it('an error that nobody caught while it stops is not lost: exit 1', async () => {
  const service = services.start({
    NODE_OPTIONS: `--import ${CRASH}`,
    SHUTDOWN_GRACE_MS: '3000',
  });
  await service.ready();
  service.signal('SIGTERM');
  await service.said(/stopping: not ready any more/);
  service.signal('SIGUSR2');
  expect(await service.exit).toBe(1);
  expect(service.output).toContain('an error that nobody caught');
  expect(service.output).toContain('stopped');
});

/** Makes SIGUSR2 throw where nobody catches. */
const CRASH = `data:text/javascript,${encodeURIComponent(
  "process.on('SIGUSR2', () => { setTimeout(() => { throw new Error('nobody catches this'); }); });",
)}`;
