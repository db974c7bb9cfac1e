import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RowCaches } from '#platform/cache/row-caches';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '#platform/database/database';
import { EncryptedFieldMisused } from '#platform/encryption/misuse';
import { UndecryptableValue } from '#platform/encryption/field-cipher';
import { PASSWORD } from '../api.js';
import { startApp, type TestApp } from '../app.js';

let test: TestApp;
let database: Database;
let id: string;

beforeAll(async () => {
  test = await startApp();
  database = test.app.get(Database);
});
afterAll(() => test[Symbol.asyncDispose]());
beforeEach(async () => {
  id = uuidv7();
  await database.write((db) => db.user.create({ data: newUser(id) }));
});

const newUser = (userId: string, name: string | null = 'Ada Lovelace') => ({
  id: userId,
  email: `${userId}@example.com`,
  name,
});

async function storedName(userId = id): Promise<string | null> {
  const { rows } = await test.engine.pool.query<{ name: string | null }>(
    'SELECT name FROM users WHERE id = $1',
    [userId],
  );
  return rows[0]!.name;
}

const store = (name: string, userId = id) =>
  test.engine.pool.query('UPDATE users SET name = $1 WHERE id = $2', [name, userId]);

const readName = (userId = id) =>
  database.read(async (db) => (await db.user.findUniqueOrThrow({ where: { id: userId } })).name);

const ENVELOPE = /^v1\.development\.[\w-]{38,}$/;

describe('an encrypted column', () => {
  it('holds ciphertext, and is plain text to the API', async () => {
    await test.api.post('/v1/auth/register', {
      email: 'grace@example.com',
      password: PASSWORD,
      name: 'Grace Hopper',
    });
    const { accessToken } = (await test.api.logIn('grace@example.com')).body;
    const me = await test.api.get('/v1/users/me', { token: accessToken });
    expect(me.body['name']).toBe('Grace Hopper');
    expect(await storedName(String(me.body['id']))).toMatch(ENVELOPE);
  });

  it('is written encrypted by every way to write', async () => {
    const [a, b] = [uuidv7(), uuidv7()];
    const where = { id };
    const writes: [string, () => Promise<unknown>][] = [
      ['update', () => database.write((db) => db.user.update({ where, data: { name: 'A' } }))],
      [
        'set',
        () => database.write((db) => db.user.update({ where, data: { name: { set: 'A' } } })),
      ],
      ['many', () => database.write((db) => db.user.updateMany({ where, data: { name: 'A' } }))],
      [
        'upsert',
        () =>
          database.write((db) =>
            db.user.upsert({ where, create: newUser(id), update: { name: 'A' } }),
          ),
      ],
      [
        'in a transaction',
        () =>
          database.transaction(() =>
            database.write((db) => db.user.update({ where, data: { name: 'A' } })),
          ),
      ],
    ];
    for (const [way, write] of writes) {
      await store('before');
      await write();
      expect({ way, stored: await storedName() }).toEqual({
        way,
        stored: expect.stringMatching(ENVELOPE) as string,
      });
      expect(await readName()).toBe('A');
    }
    await database.write((db) => db.user.createMany({ data: [newUser(a, 'a'), newUser(b, 'b')] }));
    expect(await storedName(a)).toMatch(ENVELOPE);
    expect([await readName(a), await readName(b)]).toEqual(['a', 'b']);
    const upserted = await database.write((db) =>
      db.user.upsert({ where: { id: uuidv7() }, create: newUser(uuidv7(), 'c'), update: {} }),
    );
    expect(upserted.name).toBe('c');
    expect(await storedName(upserted.id)).toMatch(ENVELOPE);
  });

  it('is read decrypted by every way to read, also through relations', async () => {
    const totp = { userId: id, secret: 'JBSWY3DPEHPK3PXP' };
    await database.write((db) => db.totp.create({ data: totp }));
    const where = { id };
    const [one, some, partly, through, back] = await database.read((db) =>
      Promise.all([
        db.user.findFirst({ where }),
        db.user.findMany({ where, take: 10 }),
        db.user.findUnique({ where, select: { name: true } }),
        db.user.findUnique({ where, include: { totp: true } }),
        db.totp.findUnique({
          where: { userId: id },
          select: { user: { select: { name: true } } },
        }),
      ]),
    );
    expect([one?.name, some[0]?.name]).toEqual(['Ada Lovelace', 'Ada Lovelace']);
    expect(JSON.stringify(partly)).toBe('{"name":"Ada Lovelace"}');
    expect(through?.totp?.secret).toBe(totp.secret);
    expect(back?.user.name).toBe('Ada Lovelace');
    expect({ ...one }).toMatchObject({ id, name: 'Ada Lovelace' });
    expect(JSON.parse(JSON.stringify(one))).toMatchObject({ id, name: 'Ada Lovelace' });
  });

  it('keeps null and the empty text apart', async () => {
    await database.write((db) => db.user.update({ where: { id }, data: { name: '' } }));
    expect([await readName(), await storedName()]).toEqual(['', expect.stringMatching(ENVELOPE)]);
    await database.write((db) => db.user.update({ where: { id }, data: { name: null } }));
    expect([await readName(), await storedName()]).toEqual([null, null]);
  });

  it('shows plain text from before as it is, and encrypts it when it is next written', async () => {
    await store('from before');
    expect(await readName()).toBe('from before');
    await database.write((db) => db.user.update({ where: { id }, data: { name: 'written' } }));
    expect(await storedName()).toMatch(ENVELOPE);
  });

  it('can be asked for null', async () => {
    const named = await database.read((db) =>
      db.user.count({ where: { id, name: { not: null } } }),
    );
    const unnamed = await database.read((db) => db.user.count({ where: { id, name: null } }));
    expect([named, unnamed]).toEqual([1, 0]);
  });
});

describe('what cannot work is refused:', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['to find by it', () => database.read((db) => db.user.findFirst({ where: { name: 'Ada' } }))],
    [
      'to find by it deep in a condition',
      () =>
        database.read((db) =>
          db.user.findFirst({ where: { OR: [{ id }, { NOT: { name: { contains: 'A' } } }] } }),
        ),
    ],
    [
      'to find by it through a relation',
      () => database.read((db) => db.session.findFirst({ where: { user: { name: 'Ada' } } })),
    ],
    [
      'to find by it in an include',
      () =>
        database.read((db) =>
          db.user.findFirst({ include: { sessions: { where: { user: { name: 'Ada' } } } } }),
        ),
    ],
    [
      'to sort by it',
      () => database.read((db) => db.user.findMany({ orderBy: { name: 'asc' }, take: 9 })),
    ],
    ['to group by it', () => database.read((db) => db.user.groupBy({ by: ['name'] }))],
    [
      'to count it distinct',
      () => database.read((db) => db.user.findMany({ distinct: ['name'], take: 9 })),
    ],
    ['its least', () => database.read((db) => db.user.aggregate({ _min: { name: true } }))],
    [
      'to write it to many rows at once',
      () =>
        database.write((db) =>
          db.user.updateMany({ where: { role: 'user' }, data: { name: 'all the same' } }),
        ),
    ],
    [
      'to write it to a row that is not named by its key',
      () =>
        database.write((db) =>
          db.user.update({ where: { email: `${id}@example.com` }, data: { name: 'A' } }),
        ),
    ],
    [
      'to write it through a relation',
      () =>
        database.write((db) =>
          db.user.update({ where: { id }, data: { totp: { create: { secret: 'S' } } } }),
        ),
    ],
    [
      'to move it to another row',
      () => database.write((db) => db.user.update({ where: { id }, data: { id: uuidv7() } })),
    ],
  ])('%s', async (_, query) => {
    const stored = await storedName();
    await expect(query()).rejects.toThrow(EncryptedFieldMisused);
    expect(await storedName()).toBe(stored);
  });
});

describe('a value that does not belong', () => {
  it('is not decrypted in another row', async () => {
    const other = uuidv7();
    await database.write((db) => db.user.create({ data: newUser(other, 'Mallory') }));
    await store((await storedName(other))!);
    await expect(readName()).rejects.toThrow(UndecryptableValue);
  });

  it('ends in an opaque 500 that is logged with row and key, and shows no ciphertext', async () => {
    const { accessToken } = await test.api.join('eve@example.com');
    const me = () => test.api.get('/v1/users/me', { token: accessToken });
    const eve = String((await me()).body['id']);
    const lost = `v1.lost.${(await storedName())!.split('.')[2]}`;
    await store(lost, eve);
    test.app.get(RowCaches).of('user').dropAll(); // nobody but us changes rows behind the service

    const answer = await me();
    expect([answer.status, answer.body['title']]).toEqual([
      500,
      'Something went wrong on our side.',
    ]);
    const logged = JSON.stringify(test.lines);
    expect(logged).toContain(
      `users.name of ${eve} cannot be decrypted: there is no key \\"lost\\"`,
    );
    expect(logged + JSON.stringify(answer.body)).not.toContain(lost.split('.')[2]);
    expect((await test.api.logIn('eve@example.com')).status).toBe(200);
  });
});
