import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '#platform/database/database';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { NotCommitted } from '#platform/database/transaction';
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
  const all = ['sql begin', 'sql insert', 'user.create', 'sql commit'];
  expect(told).toEqual(expect.arrayContaining(all));
  for (const operation of ['sql insert', 'user.create']) {
    expect(told.filter((each) => each === operation)).toHaveLength(1);
  }
});
