import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client } from 'pg';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { defineJob } from '#platform/queue/job';
import type { Queue } from '#platform/queue/queue';
import { emptyDatabase, scratchDatabase, type ScratchDatabase } from '../databases.js';
import { startQueue, until, type TestQueue } from '../queue.js';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';

const doNothing = (queue: Queue) => queue.work(Write, async () => undefined);

const Write = defineJob<{ text: string }>('write', { expireInSeconds: 3_600 });

let scratch: ScratchDatabase;
let proxy: TcpProxy;
let process: TestQueue;
/** The same database by a line that never breaks. */
let observer: Client;
let written: string[];
let whileWriting: () => Promise<void>;

beforeEach(async () => {
  scratch = await scratchDatabase('postgresql');
  const target = new URL(scratch.environment.DATABASE_URL);
  proxy = await TcpProxy.to(target);
  written = [];
  whileWriting = async () => undefined;
  const behindProxy = {
    ...scratch,
    environment: { ...scratch.environment, DATABASE_URL: proxy.url(target) },
  };
  process = await startQueue(behindProxy, (queue) =>
    queue.work(Write, async ({ text }) => {
      await whileWriting();
      written.push(text);
    }),
  );
  observer = new Client({ connectionString: target.href });
  await observer.connect();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await observer.end();
  await process[Symbol.asyncDispose]();
  await proxy.close();
  await scratch.drop();
});

const jobCount = async () =>
  Number((await observer.query('SELECT count(*) FROM pgboss.job')).rows[0].count);

describe.each([
  ['frozen', () => Promise.resolve(proxy.freeze())],
  ['refusing connections', () => proxy.refuse()],
])('while the database is %s', (_state, breakIt) => {
  it('a send says so, the log says it once, and work goes on by itself afterwards', async () => {
    await breakIt();
    await expect(process.queue.send(Write, { text: 'lost' })).rejects.toThrow(DatabaseUnavailable);
    await until(() => process.database.status.breaker !== 'closed'); // by the queue's own looking
    await until(() => process.lines.length > 0);
    // a look for jobs that arrives late would take the next one with it until its expiry
    proxy.cut();
    await proxy.pass();
    await until(() => process.database.status.breaker === 'closed');
    await process.queue.send(Write, { text: 'after' });
    await until(() => written.includes('after'));
    await until(async () => (await jobCount()) === 0);
    const said = process.lines.map(({ msg }) => msg);
    expect(said.filter((msg) => msg === 'the database is out of order')).toHaveLength(1);
    expect(said.filter((msg) => /job|queue/.test(String(msg)))).toEqual([]);
    expect(process.database.status.pool.waiting).toBe(0);
  });

  it('the end of a job is noted once the database is back, so that it does not run twice', async () => {
    whileWriting = async () => {
      whileWriting = async () => undefined;
      await breakIt();
    };
    await process.queue.send(Write, { text: 'once' });
    await until(() => written.length > 0);
    await until(() => process.database.status.breaker !== 'closed');
    expect(await jobCount()).toBe(1);
    await proxy.pass();
    await until(async () => (await jobCount()) === 0);
    expect(written).toEqual(['once']);
  });

  it('a stop does not wait for it', async () => {
    await breakIt();
    await until(() => process.database.status.breaker !== 'closed');
    await process.queue.beforeApplicationShutdown();
    expect(process.lines.map(({ msg }) => msg)).not.toContain(
      'jobs were cut off: they run again after their expiry',
    );
    await proxy.pass(); // for the pool to be closed
  });
});

it.each([
  ['ahead', 86_400_000],
  ['behind', -86_400_000],
])('a clock that jumps a day %s makes no job wait, nor run before its time', async (_, jumpMs) => {
  const startAfter = new Date(Date.now() + 3_600_000);
  await process.queue.send(Write, { text: 'later' }, { startAfter });
  const now = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => now() + jumpMs); // the database has its own clock
  await process.queue.send(Write, { text: 'now' });
  await until(() => written.length > 0);
  await until(async () => (await jobCount()) === 1);
  expect(written).toEqual(['now']);
});

it('five processes that start together make its tables once', async () => {
  const fresh = await emptyDatabase('postgresql');
  const five = await Promise.all(Array.from({ length: 5 }, () => startQueue(fresh, doNothing)));
  for (const each of five) await each.queue.send(Write, { text: 'hello' });
  expect(five.flatMap(({ lines }) => lines)).toEqual([]);
  await Promise.all(five.map((each) => each[Symbol.asyncDispose]()));
  await fresh.drop();
});
