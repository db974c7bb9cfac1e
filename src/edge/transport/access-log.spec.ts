import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { createLog } from '#platform/logging/log';
import { logAccess } from './access-log.js';
import { RawRefusals } from './raw-refusal.js';
import { serverOptions } from './server-options.js';
import { cutSlowBodies } from './slow-bodies.js';

type Line = Readonly<Record<string, unknown>>;

const HALF_BODY =
  'POST /body HTTP/1.1\r\nhost: here\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\n';
const LETTERS = 'x'.repeat(1_000);
const lines: Line[] = [];
let server: FastifyInstance;
let port: number;

beforeAll(async () => {
  const { config } = loadConfig(
    { NODE_ENV: 'test', LOG_LEVEL: 'info', REQUEST_TIMEOUT_MS: '1000', SLOW_REQUEST_MS: '300' },
    '/dev/null',
  );
  const log = await createLog(config, {
    write: (line) => void lines.push(JSON.parse(line) as Line),
  });
  const { refuse } = new RawRefusals(config, log);
  server = fastify(serverOptions(config, log, refuse));
  cutSlowBodies(server, config, refuse);
  server.decorateRequest('principal', null);
  logAccess(server, config, log);
  server.get('/text', () => 'ü'.repeat(100));
  server.get('/items/:id', () => ({ ok: true }));
  server.get('/stream', (_request, reply) => reply.send(Readable.from([LETTERS, LETTERS, 'é'])));
  server.get('/zipped', (_request, reply) =>
    reply.header('content-encoding', 'gzip').send(Readable.from([LETTERS]).pipe(createGzip())),
  );
  server.get('/same', (_request, reply) => reply.code(304).send());
  server.get('/slow', async () => {
    await delay(400);
    return 'late';
  });
  server.get('/endless', (_request, reply) =>
    reply.send(
      new Readable({
        read() {
          setTimeout(() => this.push(LETTERS), 5);
        },
      }),
    ),
  );
  server.get('/broken', (_request, reply) => {
    const stream = new Readable({ read: () => undefined });
    setTimeout(() => stream.push(LETTERS), 1);
    setTimeout(() => stream.destroy(new Error('broken half-way')), 50);
    return reply.send(stream);
  });
  server.get('/thrown', () => {
    throw new Error('thrown');
  });
  server.post('/body', () => 'read');
  await server.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = server.server.address() as AddressInfo);
});
afterAll(() => server.close());
beforeEach(() => void (lines.length = 0));

function open(): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

/** Sends the text and reads to the end of the connection. */
async function exchange(text: string): Promise<string> {
  const socket = open();
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

const head = (start: string) => `${start} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n`;

/** What was logged, after there was time for too much of it. */
async function access(count = 1): Promise<Line[]> {
  while (lines.filter(({ module }) => module === 'http').length < count) await delay(5);
  await delay(150);
  return lines.filter(({ module }) => module === 'http');
}

describe('a request has one access line', () => {
  it.each([
    ['a text', 'GET /text', { status: 200, bytes: 200, route: '/text', method: 'GET' }],
    ['a route with a parameter', 'GET /items/7?token=x', { path: '/items/7', route: '/items/:id' }],
    ['a stream', 'GET /stream', { status: 200, bytes: 2_002 }],
    ['an answer to HEAD', 'HEAD /text', { status: 200, bytes: 0, method: 'HEAD' }],
    ['an answer to HEAD of a stream', 'HEAD /stream', { status: 200, bytes: 0 }],
    ['nothing new', 'GET /same', { status: 304, bytes: 0 }],
    ['nothing there', 'GET /nowhere', { status: 404 }],
    ['an error', 'GET /thrown', { status: 500 }],
  ])('when it is answered with %s', async (_what, start, fields) => {
    await exchange(head(start));
    const found = await access();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ level: 'info', msg: 'request', ...fields });
    expect(found[0]).toMatchObject({
      requestId: expect.any(String),
      durationMs: expect.any(Number),
      address: '127.0.0.1',
    });
    expect(found[0]).not.toHaveProperty('aborted');
  });

  it('that counts a compressed answer as it was sent', async () => {
    const answer = await exchange(head('GET /zipped'));
    const [line] = await access();
    expect(line!['bytes']).toBeLessThan(LETTERS.length);
    expect(answer.length).toBeGreaterThan(Number(line!['bytes']));
  });

  it('each when several come on one connection, one behind the other or all at once', async () => {
    const again = 'GET /text HTTP/1.1\r\nhost: here\r\n\r\n';
    await exchange(again + again + head('GET /stream'));
    const found = await access(3);
    expect(found.map(({ bytes }) => bytes)).toEqual([200, 200, 2_002]);
  });

  it('when the client leaves before there is an answer', async () => {
    const socket = open();
    socket.write(head('GET /slow'));
    await delay(50);
    socket.destroy();
    expect(await access()).toMatchObject([
      { status: 499, aborted: true, bytes: 0, address: '127.0.0.1' },
    ]);
  });

  it('when the client leaves in the middle of the answer', async () => {
    const socket = open();
    socket.write(head('GET /endless'));
    await once(socket, 'data');
    socket.destroy();
    const [line, ...more] = await access();
    expect(line).toMatchObject({ status: 200, aborted: true });
    expect(line!['bytes']).toBeGreaterThan(0);
    expect(more).toEqual([]);
  });

  it('when the answer breaks half-way', async () => {
    await exchange(head('GET /broken'));
    expect(await access()).toMatchObject([{ status: 200, aborted: true, bytes: 1_000 }]);
  });

  it('when the client leaves in the middle of its own body', async () => {
    const socket = open();
    socket.write(`${HALF_BODY}half`);
    await delay(100);
    socket.destroy();
    // the end of what it sent could still be answered
    expect(await access()).toMatchObject([{ method: 'POST', status: 400 }]);
  });

  it('when it is refused by its head and never comes whole', async () => {
    const socket = open();
    socket.write(HALF_BODY.replace('text/plain', 'a/b'));
    await once(socket, 'data');
    socket.destroy();
    expect(await access()).toMatchObject([{ method: 'POST', status: 415 }]);
  });

  it('when its body never comes and it is refused for that', async () => {
    const answer = await exchange(`${HALF_BODY}half`);
    expect(answer).toContain(' 408 ');
    const [line, ...more] = await access();
    expect(line).toMatchObject({ method: 'POST', status: 408 });
    expect(answer).toContain(`x-request-id: ${String(line!['requestId'])}`);
    expect(more).toEqual([]);
  });

  it('when it is no HTTP at all', async () => {
    await exchange('nonsense\r\n\r\n');
    expect(await access()).toMatchObject([{ msg: 'no request', status: 400 }]);
  });

  it('at performance level when it was slow', async () => {
    await exchange(head('GET /slow'));
    expect(await access()).toMatchObject([
      { level: 'performance', msg: 'slow request', route: '/slow', status: 200 },
    ]);
  });
});
