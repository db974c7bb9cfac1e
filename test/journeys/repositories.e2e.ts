import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { SessionsRepository } from '#features/auth/sessions.repository';
import { AuditService } from '#features/audit/audit.service';
import { EmailTaken } from '#features/users/users.problems';
import { UsersRepository } from '#features/users/users.repository';
import { Database } from '#platform/database/database';
import { startApp, type TestApp } from '../app.js';
import { recorded } from '../trail.js';

// Runs on the embedded database and on PostgreSQL: what one answers, the other answers too.

let test: TestApp;
let database: Database;
let users: UsersRepository;
let sessions: SessionsRepository;
let audit: AuditService;
let count = 0;

beforeAll(async () => {
  test = await startApp();
  database = test.app.get(Database);
  users = test.app.get(UsersRepository);
  sessions = test.app.get(SessionsRepository);
  audit = test.app.get(AuditService);
});
afterAll(() => test[Symbol.asyncDispose]());
beforeEach(() => {
  count++;
});

const newUser = (change: object = {}) => ({
  id: uuidv7(),
  email: `user${count}-${Math.random().toString(36).slice(2)}@example.com`,
  passwordHash: 'none',
  ...change,
});

const newSession = (userId: string, now: Date, lifetimeMs: number) => ({
  id: uuidv7(),
  userId,
  generation: 0,
  expiresAt: new Date(now.getTime() + lifetimeMs),
  address: '203.0.113.7',
  userAgent: 'Zoë’s',
});

/** Without what Prisma hangs on a row for its own inspection. */
const columnsOf = (row: object) => Object.fromEntries(Object.entries(row));

const auditOf = async (subject: string) =>
  (await recorded(test, { subject })).map(({ action }) => action);

describe('a row', () => {
  it('comes back with its times to the millisecond, in UTC, whatever the session says', async () => {
    const emailVerifiedAt = new Date('2026-03-29T01:30:00.123Z'); // in the gap of a summer time
    const { id } = await users.insert(newUser({ emailVerifiedAt }));
    const found = await users.findById(id);
    expect(found?.emailVerifiedAt).toEqual(emailVerifiedAt);
    expect(Math.abs(Date.now() - found!.createdAt.getTime())).toBeLessThan(60_000);
  });

  it('comes back with its text unchanged', async () => {
    for (const name of ['Zoë', 'Ζωή', '👩‍👩‍👧‍👦', '\u0001\u001f', "' OR 1=1 --", 'a\\b\nc\td', '']) {
      const { id } = await users.insert(newUser({ name }));
      expect((await users.findById(id))?.name).toBe(name);
    }
  });

  it('is the same whether it is read through Prisma or past it', async () => {
    const email = 'past.prisma@example.com';
    await test.api.join(email);
    const user = (await users.findByEmail(email))!;
    const change = { name: 'Zoë', tenant: 'bistro', emailVerifiedAt: new Date() };
    await database.write((db) => db.user.update({ where: { id: user.id }, data: change }));
    const session = await database.read((db) =>
      db.session.findFirstOrThrow({ where: { userId: user.id } }),
    );
    for (const rows of [users, sessions]) {
      const id = rows === users ? user.id : session.id;
      const [known, found] = [await rows.findKnown(id), await rows.findById(id)];
      expect(found).not.toBeNull();
      expect(columnsOf(known!)).toEqual(columnsOf(found!));
    }
  });

  it('keeps an address in lower case only, whoever writes it', async () => {
    const insert = users.insert(newUser({ email: 'Upper@Example.com' }));
    await expect(insert).rejects.toThrow(/users_email_lower_check/);
  });

  it('says which promise was broken when the address is taken', async () => {
    const user = newUser();
    await users.insert(user);
    await expect(users.insert(newUser({ email: user.email }))).rejects.toThrow(EmailTaken);
  });
});

describe('a transaction', () => {
  it('commits the change with its audit entry', async () => {
    const user = newUser();
    await database.transaction(async () => {
      await users.insert(user);
      await audit.record('user.registered', { subject: user.id });
    });
    expect(await users.findById(user.id)).not.toBeNull();
    expect(await auditOf(user.id)).toEqual(['user.registered']);
  });

  it('leaves neither when anything fails', async () => {
    const user = newUser();
    const failing = database.transaction(async () => {
      await users.insert(user);
      await audit.record('user.registered', { subject: user.id });
      throw new Error('after the writes');
    });
    await expect(failing).rejects.toThrow('after the writes');
    expect(await users.findById(user.id)).toBeNull();
    expect(await auditOf(user.id)).toEqual([]);
  });

  it('sees its own writes and joins the one around it', async () => {
    const user = newUser();
    const failing = database.transaction(async () => {
      await database.transaction(async () => {
        await users.insert(user);
      });
      expect(await users.findById(user.id)).not.toBeNull();
      throw new Error('the outer one fails');
    });
    await expect(failing).rejects.toThrow('the outer one fails');
    expect(await users.findById(user.id)).toBeNull();
  });

  it('that fails leaves nothing behind for the next caller', async () => {
    await Promise.allSettled(
      Array.from({ length: 30 }, () =>
        database.transaction(async () => {
          await users.insert(newUser());
          throw new Error('no');
        }),
      ),
    );
    const user = newUser();
    await users.insert(user);
    expect(await users.findById(user.id)).not.toBeNull();
  });

  it('runs beside others, each with its own writes', async () => {
    const all = Array.from({ length: 40 }, () => newUser());
    await Promise.all(
      all.map((user, i) =>
        database
          .transaction(async () => {
            await users.insert(user);
            if (i % 2 === 1) throw new Error('every second one fails');
          })
          .catch(() => undefined),
      ),
    );
    const found = await Promise.all(all.map(({ id }) => users.findById(id)));
    expect(found.map((user) => user !== null)).toEqual(all.map((_, i) => i % 2 === 0));
  });
});

describe('a session', () => {
  it('comes back as it was inserted', async () => {
    const { id: userId } = await users.insert(newUser());
    const now = new Date();
    const session = newSession(userId, now, 60_000);
    await sessions.insert(session, now);
    const times = { createdAt: now, rotatedAt: now, lastUsedAt: now, revokedAt: null };
    expect(columnsOf((await sessions.findById(session.id))!)).toEqual({ ...session, ...times });
  });

  it('is advanced by one of many that try at once', async () => {
    const { id: userId } = await users.insert(newUser());
    const now = new Date();
    const session = newSession(userId, now, 60_000);
    await sessions.insert(session, now);
    const results = await Promise.all(
      Array.from({ length: 20 }, () => sessions.advance(session.id, 0, new Date())),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect((await sessions.findById(session.id))?.generation).toBe(1);
  });

  it('is not advanced when it is revoked or over', async () => {
    const { id: userId } = await users.insert(newUser());
    const now = new Date();
    const over = newSession(userId, now, -1);
    await sessions.insert(over, now);
    expect(await sessions.advance(over.id, 0, now)).toBe(false);
    const revoked = newSession(userId, now, 60_000);
    await sessions.insert(revoked, now);
    expect(await sessions.revoke(revoked.id, now)).toBe(true);
    expect(await sessions.revoke(revoked.id, now)).toBe(false);
    expect(await sessions.advance(revoked.id, 0, now)).toBe(false);
  });
});
