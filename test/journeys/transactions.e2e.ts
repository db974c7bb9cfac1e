import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { AuditService } from '#features/audit/audit.service';
import { Database } from '#platform/database/database';
import { connectionOf } from '#platform/database/impatient-client';
import { sqlQuery } from '#platform/database/plain-query';
import { NotCommitted } from '#platform/database/transaction';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { NOBODY, until } from '#platform/resilience/caller';
import { runInContext } from '#platform/telemetry/request-context';
import { startApp, type TestApp } from '../app.js';

// Runs on the embedded database and on PostgreSQL: what one answers, the other answers too.

let test: TestApp;
let database: Database;
beforeAll(async () => {
  test = await startApp();
  database = test.app.get(Database);
});
afterAll(() => test[Symbol.asyncDispose]());

const INSERT = `INSERT INTO users (id, email, updated_at) VALUES ($1, $2, now())`;

const emailOf = (id: string) => `${id}@example.com`;
const insertPlain = (id: string) => database.sql(INSERT, [id, emailOf(id)]);
const insertByPrisma = (id: string) =>
  database.write((db) => db.user.create({ data: { id, email: emailOf(id) } }));
const exists = async (id: string) =>
  (await database.read((db) => db.user.count({ where: { id } }))) === 1;

function signal(): [Promise<void>, () => void] {
  let give!: () => void;
  const given = new Promise<void>((resolve) => (give = resolve));
  return [given, give];
}

/** What runs in the transaction, and goes on when it has ended. */
function straggler(insert: (id: string) => Promise<unknown>) {
  const id = uuidv7();
  const [end, reachEnd] = signal();
  let outcome: Promise<unknown> | undefined;
  return {
    id,
    start: () => {
      outcome = end
        .then(() => insert(id))
        .then(
          () => 'written',
          (error: unknown) => error,
        );
    },
    outcomeAfterEnd: () => {
      reachEnd();
      return outcome;
    },
  };
}

const inserts = [
  ['plain', insertPlain],
  ['by Prisma', insertByPrisma],
] as const;

it.each([
  ['plain, then by Prisma', insertPlain, insertByPrisma],
  ['by Prisma, then plain', insertByPrisma, insertPlain],
])('statements of both kinds are one transaction: %s', async (_order, first, second) => {
  const [one, other] = [uuidv7(), uuidv7()];
  const work = async (error?: Error) => {
    await first(one);
    await second(other);
    const seen = await database.sql('SELECT 1 FROM users WHERE id = ANY($1::uuid[])', [
      [one, other],
    ]);
    expect([seen.length, await exists(one), await exists(other)]).toEqual([2, true, true]);
    if (error) throw error;
  };
  const failure = new Error('after both');
  await expect(database.transaction(() => work(failure))).rejects.toBe(failure);
  expect([await exists(one), await exists(other)]).toEqual([false, false]);
  await database.transaction(() => work());
  expect([await exists(one), await exists(other)]).toEqual([true, true]);
});

it.each(inserts)('what is said after the commit, %s, is refused', async (_kind, insert) => {
  const late = straggler(insert);
  const early = uuidv7();
  await database.transaction(async () => {
    await insert(early);
    late.start();
  });
  expect(await late.outcomeAfterEnd()).toBeInstanceOf(DatabaseUnavailable);
  expect([await exists(early), await exists(late.id)]).toEqual([true, false]);
});

it.each(inserts)('what is said after a rollback, %s, is refused', async (_kind, insert) => {
  const late = straggler(insert);
  const failing = database.transaction(async () => {
    await insert(uuidv7());
    late.start();
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await late.outcomeAfterEnd()).toBeInstanceOf(DatabaseUnavailable);
  expect(await exists(late.id)).toBe(false);
});

it.each(inserts)(
  'at its limit all is rolled back, and more, %s, is refused',
  async (_kind, insert) => {
    const [early, late] = [uuidv7(), uuidv7()];
    let refusal: unknown;
    const slow = database.transaction(
      async () => {
        await insert(early);
        await delay(600);
        refusal = await insert(late).catch((error: unknown) => error);
      },
      { timeoutMs: 300 },
    );
    await expect(slow).rejects.toBeInstanceOf(DatabaseUnavailable);
    await expect.poll(() => refusal).toBeInstanceOf(DatabaseUnavailable);
    expect([await exists(early), await exists(late)]).toEqual([false, false]);
  },
);

it('work that outlasts the limit and says nothing more is not committed', async () => {
  const id = uuidv7();
  const slow = database.transaction(
    async () => {
      await insertPlain(id);
      await delay(600);
    },
    { timeoutMs: 300 },
  );
  await expect(slow).rejects.toBeInstanceOf(DatabaseUnavailable);
  await delay(600);
  expect(await exists(id)).toBe(false);
});

it('a late statement gets onto no other transaction of the same connection', async () => {
  const late = straggler(insertPlain);
  await database.transaction(async () => late.start());
  // the embedded database has one connection: this is it again
  const failing = database.transaction(async () => {
    await insertPlain(uuidv7());
    await late.outcomeAfterEnd();
    expect(await exists(late.id)).toBe(false);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await exists(late.id)).toBe(false);
});

it('a failed statement whose error was swallowed is no commit', async () => {
  const id = uuidv7();
  const swallowing = database.transaction(async () => {
    await insertPlain(id);
    await insertPlain(id).catch(() => undefined);
  });
  await expect(swallowing).rejects.toBeInstanceOf(NotCommitted);
  expect(await exists(id)).toBe(false);
});

it('an error of the database says who asked', async () => {
  const id = uuidv7();
  const askTwice = () =>
    database.transaction(async () => {
      await insertPlain(id);
      await insertPlain(id);
    });
  const error: unknown = await askTwice().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: '23505' });
  expect((error as Error).stack).toContain('transactions.e2e.ts');
});

it('statements that are said at once go out one after the other', async () => {
  const ids = Array.from({ length: 20 }, () => uuidv7());
  await database.transaction(async () => {
    await Promise.all(ids.map((id, n) => (n % 2 ? insertPlain(id) : insertByPrisma(id))));
  });
  expect(await database.read((db) => db.user.count({ where: { id: { in: ids } } }))).toBe(20);
});

it('a transaction is told of by its statements, whoever says them', async () => {
  const told: string[] = [];
  database.onQuery(({ operation }) => void told.push(operation));
  await database.transaction(async () => {
    await insertPlain(uuidv7());
    await insertByPrisma(uuidv7());
  });
  const all = ['sql insert', 'user.create', 'sql commit'];
  expect(told).toEqual(expect.arrayContaining(all));
  for (const operation of ['sql insert', 'user.create']) {
    expect(told.filter((each) => each === operation)).toHaveLength(1);
  }
});

/** How often a server has answered within transactions, the least of some: a connection has yet to learn BEGIN and COMMIT. */
async function roundTrips(work: () => Promise<unknown>): Promise<number> {
  const { pool } = test.engine;
  const trips = new Map<PoolClient, number>();
  let ours: number[] = [];
  const onAcquire = (client: PoolClient) => {
    trips.set(client, 0);
    const count = () => trips.set(client, trips.get(client)! + 1);
    connectionOf(client).on('readyForQuery', count);
    const onRelease = (_error: unknown, released: PoolClient) => {
      if (released !== client) return;
      pool.off('release', onRelease);
      connectionOf(client).off('readyForQuery', count);
      if (pidOf(client) === pid) ours.push(trips.get(client)!);
    };
    pool.on('release', onRelease);
  };
  pool.on('acquire', onAcquire);
  let pid: number | undefined;
  const counts: number[] = [];
  for (let round = 0; round < 5; round++) {
    ours = [];
    await database.transaction(async () => {
      const [row] = await database.sql<{ pid: number }>('SELECT pg_backend_pid() AS pid', []);
      pid = row!.pid; // from here to its release the connection is ours
      await work();
    });
    pid = undefined;
    counts.push(ours[0]!);
  }
  pool.off('acquire', onAcquire);
  return Math.min(...counts);
}

function pidOf(client: PoolClient): number {
  return (client as unknown as { processID: number }).processID;
}

describe('what goes along', () => {
  const committed: number[] = [];
  beforeEach(() => void committed.splice(0));
  const insertLast = {
    query: sqlQuery(`INSERT INTO users (id, email, updated_at)
      SELECT id, id::text, now() FROM unnest($1::uuid[]) AS given (id)`),
    valuesOf: (ids: readonly string[]) => [ids],
    onCommitted: (count: number) => void committed.push(count),
  };

  it('BEGIN goes with the first statement, and an audit event with COMMIT', async () => {
    const audit = test.app.get(AuditService);
    // the statement that asks for the process, one more, and COMMIT
    expect(await roundTrips(() => insertPlain(uuidv7()))).toBe(3);
    expect(
      await roundTrips(async () => {
        await audit.record('auth.logged_out', { subject: 'first' });
        await insertPlain(uuidv7());
        await audit.record('auth.logged_out', { subject: 'second' });
      }),
    ).toBe(3);
  });

  it('the last rows are all committed with the rest', async () => {
    const [plain, first, second] = [uuidv7(), uuidv7(), uuidv7()];
    await database.transaction(async () => {
      database.addLast(insertLast, [first]);
      await insertPlain(plain);
      database.addLast(insertLast, [second]);
    });
    expect(await Promise.all([plain, first, second].map(exists))).toEqual([true, true, true]);
    expect(committed).toEqual([2]);
  });

  it('the last rows are a transaction of their own when there is nothing else', async () => {
    const id = uuidv7();
    await database.transaction(async () => database.addLast(insertLast, [id]));
    expect(await exists(id)).toBe(true);
  });

  it('a last row that is refused takes all back, and leaves the connection as it was', async () => {
    const [plain, other] = [uuidv7(), uuidv7()];
    await insertPlain(other);
    for (let round = 0; round < 3; round++) {
      const failing = database.transaction(async () => {
        await insertPlain(plain);
        database.addLast(insertLast, [other]);
      });
      await expect(failing).rejects.toMatchObject({ code: '23505' });
      expect(await exists(plain)).toBe(false);
    }
    expect(committed).toEqual([]);
    await database.transaction(() => insertPlain(plain));
    expect(await exists(plain)).toBe(true);
  });

  it('a first statement that is refused leaves no transaction open', async () => {
    const [known, later] = [uuidv7(), uuidv7()];
    await insertPlain(known);
    for (let round = 0; round < 3; round++) {
      const failing = database.transaction(() => insertPlain(known));
      await expect(failing).rejects.toMatchObject({ code: '23505' });
    }
    await insertPlain(later); // on its own: within a transaction that was left open it would be lost
    expect(await database.select('SELECT now() = statement_timestamp() AS alone', [])).toEqual([
      { alone: true },
    ]);
    expect(await exists(later)).toBe(true);
  });

  it('nothing is committed behind a statement that failed and was swallowed', async () => {
    const [plain, last] = [uuidv7(), uuidv7()];
    const swallowing = database.transaction(async () => {
      await insertPlain(plain);
      await insertPlain(plain).catch(() => undefined);
      database.addLast(insertLast, [last]);
    });
    await expect(swallowing).rejects.toMatchObject({ code: '25P02' });
    expect([await exists(plain), await exists(last)]).toEqual([false, false]);
  });

  it('a last row that comes after the end is refused', async () => {
    const id = uuidv7();
    const [end, reachEnd] = signal();
    let outcome: Promise<unknown> | undefined;
    await database.transaction(async () => {
      outcome = end.then(() => database.addLast(insertLast, [id])).catch((error: unknown) => error);
    });
    reachEnd();
    expect(await outcome).toBeInstanceOf(DatabaseUnavailable);
    expect(await exists(id)).toBe(false);
    expect(() => database.addLast(insertLast, [id])).toThrow('no transaction');
  });

  it.each([
    ['a last row that comes after the deadline', true],
    ['a commit after the deadline', false],
  ])('%s is refused, though the process was too busy to notice', async (_, addsLast) => {
    const [plain, last] = [uuidv7(), uuidv7()];
    const deadlineAt = performance.now() + 300;
    const context = {
      requestId: 'r',
      address: '::1',
      userAgent: undefined,
      caller: until(deadlineAt, NOBODY),
    };
    const late = runInContext(context, () =>
      database.transaction(async () => {
        await insertPlain(plain);
        while (performance.now() < deadlineAt + 20);
        if (addsLast) database.addLast(insertLast, [last]);
      }),
    );
    await expect(late).rejects.toBeInstanceOf(DatabaseUnavailable);
    await expect.poll(() => database.status.pool.waiting).toBe(0);
    expect([await exists(plain), await exists(last)]).toEqual([false, false]);
  });
});
