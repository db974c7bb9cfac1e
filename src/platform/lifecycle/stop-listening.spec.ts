import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { stopListening } from './stop-listening.js';

const clock = vi.hoisted(() => ({ stands: false, goOn: () => {} }));
vi.mock('node:timers/promises', async (original) => {
  const timers = await original<typeof import('node:timers/promises')>();
  const setTimeout = (ms: number) =>
    clock.stands ? new Promise<void>((resolve) => (clock.goOn = resolve)) : timers.setTimeout(ms);
  return { ...timers, setTimeout };
});

it('takes no more connections and answers the requests that are on their way on open ones', async () => {
  const server = createServer((_request, response) => response.end('answered')).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = connect(port, '127.0.0.1');
  await once(server, 'connection');

  const stopped = stopListening(server, true);
  while (server.listening) await new Promise((resolve) => setImmediate(resolve));
  const late = connect(port, '127.0.0.1');
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');

  open.end('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  let answer = '';
  for await (const chunk of open) answer += String(chunk);
  expect(answer).toContain('answered');
  expect(await stopped).toBe(0);
});

it('waits for nobody when nobody is connected, unless it is not the only listener', async () => {
  clock.stands = true;
  try {
    expect(await stopListening(await idleServer(), true)).toBe(0);

    const other = await idleServer();
    let hasStopped = false;
    const stopped = stopListening(other, false).then(() => (hasStopped = true));
    await once(other, 'close');
    for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(hasStopped).toBe(false);
    clock.goOn();
    await stopped;
  } finally {
    clock.stands = false;
  }
});

async function idleServer() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
