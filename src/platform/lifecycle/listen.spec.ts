import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Log } from '../logging/log.js';
import { Lifecycle } from './lifecycle.js';
import { confirmReady } from './listen.js';
import { StartFailure } from './start-failure.js';

let server: Server | undefined;
afterEach(() => void server?.close());

const up = { status: 'up' };
const down = { status: 'down' };
const warn = vi.fn();

/** The self-check of a start whose readiness is answered so. */
async function check(status: number, body: object | string): Promise<void> {
  warn.mockClear();
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  server = createServer((_request, response) => response.writeHead(status).end(text));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await confirmReady(`http://127.0.0.1:${port}`, new Lifecycle(), fake<Log>({ warn }));
}

describe('the self-check of a start', () => {
  it('goes on without a word when the service is ready', async () => {
    await check(200, { status: 'ok', info: { startup: up }, error: {} });
    expect(warn).not.toHaveBeenCalled();
  });

  it('goes on with a warning when nothing but the database is away just then', async () => {
    await check(503, { info: { startup: up, lifecycle: up }, error: { database: down } });
    expect(warn).toHaveBeenCalledWith({ away: ['database'] }, expect.any(String));
  });

  it.each<[string, number, object | string]>([
    ['it has not started', 503, { error: { startup: down, database: down } }],
    ['it takes no requests', 503, { error: { lifecycle: down } }],
    ['it is not said what is away', 503, { error: {} }],
    ['somebody else answers', 503, 'upstream connect error'],
    ['the answer is another', 404, { error: { database: down } }],
  ])('fails when %s', async (_reason, status, body) => {
    await expect(check(status, body)).rejects.toThrow(StartFailure);
  });

  it('fails when nobody answers', async () => {
    const nowhere = confirmReady('http://127.0.0.1:1', new Lifecycle(), fake<Log>({ warn }));
    await expect(nowhere).rejects.toThrow('ECONNREFUSED');
  });
});
