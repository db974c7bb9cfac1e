import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineJob, HopelessJob } from '#platform/queue/job';
import type { Queue } from '#platform/queue/queue';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';
import { startQueue, until, type TestQueue } from '../queue.js';

interface Note {
  readonly text: string;
}

const Write = defineJob<Note>('write', {
  retryLimit: 2,
  retryDelaySeconds: 1,
  expireInSeconds: 2,
  concurrency: 2,
});

let scratch: ScratchDatabase;
let started: TestQueue[];

beforeEach(async () => {
  scratch = await scratchDatabase();
  started = [];
});
afterEach(async () => {
  for (const process of started.toReversed()) await process[Symbol.asyncDispose]();
  await scratch.drop();
});

/** One more process, and what it has written. */
async function startProcess(
  handle?: (note: Note) => Promise<void>,
  more: (queue: Queue) => void = () => undefined,
): Promise<TestQueue & { written: string[] }> {
  const written: string[] = [];
  const register = (queue: Queue) => {
    queue.work(Write, async (note) => {
      await handle?.(note);
      written.push(note.text);
    });
    more(queue);
  };
  const process = await startQueue(scratch, register, started[0]);
  started.push(process);
  return { ...process, written };
}

/** What is in a queue of pg-boss, oldest first. */
function jobsIn({ engine }: TestQueue, name = Write.name) {
  return engine.pool
    .query<{ state: string; text: string; output: { message: string } | null; retries: number }>(
      `SELECT state::text, data->>'text' AS text, output, retry_count AS retries
       FROM pgboss.job WHERE name = $1 ORDER BY created_on, id`,
      [name],
    )
    .then(({ rows }) => rows);
}

/** What a test would otherwise wait for: the pause before the next try. */
function skipPause({ engine }: TestQueue): Promise<unknown> {
  return engine.pool.query(`UPDATE pgboss.job SET start_after = now() WHERE state = 'retry'`);
}

describe('a job', () => {
  it('that is sent runs at once, and leaves nothing behind', async () => {
    const process = await startProcess();
    await process.queue.send(Write, { text: 'hello' });
    await until(() => process.written.length > 0);
    expect(process.written).toEqual(['hello']);
    await until(async () => (await jobsIn(process)).length === 0);
  });

  it('that is sent in a transaction runs after the commit, not before', async () => {
    const process = await startProcess();
    await process.database.transaction(async () => {
      await process.queue.send(Write, { text: 'in a transaction, with "quotes" and ünïcode' });
      expect(process.written).toEqual([]);
      // on another connection nothing is seen of it; the embedded database has but one
      if (process.engine.kind === 'postgresql') expect(await jobsIn(process)).toEqual([]);
    });
    await until(() => process.written.length > 0);
    expect(process.written).toEqual(['in a transaction, with "quotes" and ünïcode']);
  });

  it('that is sent in a transaction that is rolled back never runs', async () => {
    const process = await startProcess();
    const work = process.database.transaction(async () => {
      await process.queue.send(Write, { text: 'never' });
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await jobsIn(process)).toEqual([]);
    await process.queue.send(Write, { text: 'later' });
    await until(() => process.written.length > 0);
    expect(process.written).toEqual(['later']);
  });

  it('for later waits until then', async () => {
    const process = await startProcess();
    await process.queue.send(
      Write,
      { text: 'later' },
      { startAfter: new Date(Date.now() + 3_600_000) },
    );
    await process.queue.send(Write, { text: 'now' });
    await until(() => process.written.length > 0);
    expect(process.written).toEqual(['now']);
    await until(async () => (await jobsIn(process)).length === 1);
    await process.engine.pool.query('UPDATE pgboss.job SET start_after = now()');
    await until(() => process.written.length > 1);
    expect(process.written).toEqual(['now', 'later']);
  });

  it('is not added while one with its key waits', async () => {
    const process = await startProcess();
    const options = { singletonKey: 'one', startAfter: new Date(Date.now() + 3_600_000) };
    await process.queue.send(Write, { text: 'first' }, options);
    await process.queue.send(Write, { text: 'second' }, options);
    await process.queue.send(Write, { text: 'other' }, { ...options, singletonKey: 'other' });
    expect((await jobsIn(process)).map(({ text }) => text)).toEqual(['first', 'other']);
  });

  it('that nobody handles cannot be sent', async () => {
    const { queue } = await startProcess();
    const nobody = defineJob('nobody');
    await expect(queue.send(nobody, {})).rejects.toThrow('no handler of the job nobody');
    expect(() => queue.work(Write, async () => {})).toThrow('two handlers of the job write');
  });
});

describe('a job that fails', () => {
  it('is tried again after a pause, and then done', async () => {
    let attempts = 0;
    const process = await startProcess(async () => {
      if (++attempts === 1) throw new Error('not yet');
    });
    await process.queue.send(Write, { text: 'again' });
    await until(async () => (await jobsIn(process))[0]?.state === 'retry');
    await skipPause(process);
    await until(() => process.written.length > 0);
    expect(attempts).toBe(2);
    expect(process.lines).toMatchObject([
      { level: 'warn', job: 'write', err: { message: 'not yet' } },
    ]);
    await until(async () => (await jobsIn(process)).length === 0);
  });

  it('every time lies with the dead letters, said in one line', async () => {
    let attempts = 0;
    const process = await startProcess(async () => {
      attempts++;
      throw new Error('never\0');
    });
    await process.queue.send(Write, { text: 'doomed' });
    await until(async () => {
      await skipPause(process);
      return (await jobsIn(process, Write.deadLetters)).length > 0;
    });
    expect(attempts).toBe(3);
    expect(await jobsIn(process, Write.deadLetters)).toMatchObject([
      { text: 'doomed', state: 'created', output: { message: 'never' } },
    ]);
    const errors = process.lines.filter(({ level }) => level === 'error');
    expect(errors).toMatchObject([{ msg: 'a job has failed for good', kept: 'write-dead' }]);
  });

  it('and says that it is hopeless is not tried again', async () => {
    let attempts = 0;
    const process = await startProcess(async () => {
      attempts++;
      throw new HopelessJob('no such reader');
    });
    await process.queue.send(Write, { text: 'hopeless' });
    await until(async () => (await jobsIn(process, Write.deadLetters)).length > 0);
    expect(attempts).toBe(1);
    expect((await jobsIn(process)).map(({ state }) => state)).toEqual(['failed']);
  });

  it('with what is no error, or before it has begun, fails like any other', async () => {
    let attempts = 0;
    const process = await startProcess(() => {
      // oxlint-disable-next-line no-throw-literal -- what a library may do
      throw ++attempts === 1 ? 'a text' : undefined;
    });
    await process.queue.send(Write, { text: 'poison' });
    await process.queue.send(Write, { text: 'more poison' });
    await until(async () => {
      await skipPause(process);
      return (await jobsIn(process, Write.deadLetters)).length === 2;
    });
    expect(attempts).toBe(6);
  });

  it('and is counted, by how it ended', async () => {
    let attempts = 0;
    const process = await startProcess(async () => {
      if (++attempts === 1) throw new Error('not yet');
      if (attempts === 3) throw new HopelessJob('never');
    });
    await process.queue.send(Write, { text: 'first fails, then succeeds' });
    await until(async () => {
      await skipPause(process);
      return process.written.length > 0;
    });
    await process.queue.send(Write, { text: 'hopeless' });
    await until(async () => (await jobsIn(process, Write.deadLetters)).length > 0);
    const text = await process.metrics.registry.metrics();
    for (const outcome of ['done', 'retried', 'dead']) {
      expect(text).toContain(`aerie_queue_jobs_total{queue="write",outcome="${outcome}"} 1`);
    }
    expect(text).toContain('aerie_queue_job_duration_seconds_count{queue="write"} 3');
  });

  it('to end in time counts as failed, and holds no place', async () => {
    let attempts = 0;
    const process = await startProcess(() => {
      return ++attempts <= 2 ? new Promise<void>(() => {}) : Promise.resolve();
    });
    await process.queue.send(Write, { text: 'hangs' });
    await process.queue.send(Write, { text: 'hangs as well' });
    await until(() => attempts === 2);
    await process.queue.send(Write, { text: 'finds a place' });
    await until(() => process.written.length > 0);
    expect(process.lines[0]).toMatchObject({ err: { message: 'not done within 2 s' } });
  });
});

describe('two processes', () => {
  it('share the jobs, and each is done once', async () => {
    const [one, other] = [await startProcess(), await startProcess()];
    const texts = Array.from({ length: 60 }, (_, i) => `job ${i}`);
    await Promise.all(texts.map((text, i) => (i % 2 ? one : other).queue.send(Write, { text })));
    await until(() => one.written.length + other.written.length >= texts.length);
    await until(async () => (await jobsIn(one)).length === 0);
    expect([...one.written, ...other.written].toSorted()).toEqual(texts.toSorted());
    expect(one.written.length).toBeGreaterThan(0);
    expect(other.written.length).toBeGreaterThan(0);
  });

  it('run what is scheduled once each time', async () => {
    const Tick = defineJob('tick');
    let ticks = 0;
    const schedule = (queue: Queue) => {
      queue.work(Tick, async () => void ticks++);
      queue.schedule(Tick, '* * * * *');
    };
    const one = await startProcess(undefined, schedule);
    await startProcess(undefined, schedule);
    await until(() => ticks > 0);
    // the minute may have changed meanwhile: as many as there were minutes
    const { rows } = await one.engine.pool.query<{ minutes: string; sent: string }>(
      `SELECT count(DISTINCT singleton_on) AS minutes, count(*) AS sent
       FROM pgboss.job WHERE name = '__pgboss__send-it'`,
    );
    expect(rows[0]!.sent).toBe(rows[0]!.minutes);
    expect(ticks).toBeLessThanOrEqual(Number(rows[0]!.minutes));
  });

  it('drop a schedule that the code no longer has', async () => {
    const Tick = defineJob('tick');
    await startProcess(undefined, (queue) => {
      queue.work(Tick, async () => undefined);
      queue.schedule(Tick, '0 3 * * *');
    });
    const { rows: before } = await started[0]!.engine.pool.query('SELECT FROM pgboss.schedule');
    expect(before).toHaveLength(1);
    await startProcess(undefined, (queue) => queue.work(Tick, async () => undefined));
    const { rows } = await started[0]!.engine.pool.query('SELECT FROM pgboss.schedule');
    expect(rows).toEqual([]);
  });
});

it('what a killed process was at is taken up again after its expiry', async () => {
  const killed = await startProcess(() => new Promise(() => {}));
  await killed.queue.send(Write, { text: 'survives' });
  await until(async () => (await jobsIn(killed))[0]?.state === 'active');
  await killed.engine.close(); // whatever it does from now on reaches nobody
  started = [];
  const next = await startProcess();
  await until(() => next.written.length > 0); // maintenance looks every half minute
  expect(next.written).toEqual(['survives']);
});

it('a job that takes its process with it each time is dead in the end', async () => {
  const Crash = defineJob('crash', { retryLimit: 0, expireInSeconds: 2 });
  let runs = 0;
  const register = (queue: Queue) => queue.work(Crash, () => (runs++, new Promise(() => {})));
  const killed = await startProcess(undefined, register);
  await killed.queue.send(Crash, {});
  await until(() => runs === 1);
  await killed.engine.close();
  started = [];
  const next = await startProcess(undefined, register);
  await until(async () => (await jobsIn(next, Crash.deadLetters)).length > 0);
  expect(runs).toBe(1);
});

describe('a stop', () => {
  it('lets the jobs that run finish, and takes no more', async () => {
    let finish: (() => void) | undefined;
    const process = await startProcess(() => new Promise<void>((resolve) => (finish = resolve)));
    await process.queue.send(Write, { text: 'under way' });
    await until(async () => (await jobsIn(process))[0]?.state === 'active');
    const stopped = process.queue.beforeApplicationShutdown();
    await process.queue.send(Write, { text: 'left for the next start' });
    finish?.();
    await stopped;
    expect(process.written).toEqual(['under way']);
    expect(await jobsIn(process)).toMatchObject([
      { text: 'left for the next start', state: 'created' },
    ]);
  });
});
