import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '#platform/database/database';
import { WrongCredentials } from '#features/auth/auth.problems';
import { SessionsService } from '#features/auth/sessions.service';
import { UsersService } from '#features/users/users.service';
import { PASSWORD, type Tokens } from '../api.js';
import { ADMIN, startApp, type TestApp } from '../app.js';
import { ErasureService } from '#features/personal-data/erasure.service';

const DAY_MS = 86_400_000;

let test: TestApp;
let adminToken: string;
let count = 0;

beforeAll(async () => {
  test = await startApp();
  adminToken = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

interface Person extends Tokens {
  readonly id: string;
  readonly email: string;
}

async function join(): Promise<Person> {
  const email = `person${++count}@example.com`;
  await test.api.post('/v1/auth/register', { email, password: PASSWORD, name: `Person ${count}` });
  const tokens = (await test.api.logIn(email)).body;
  const me = await test.api.get('/v1/users/me', { token: tokens.accessToken });
  return { ...tokens, email, id: String(me.body['id']) };
}

/** A row in every table that belongs to an account, each with its id in a text that can be looked for. */
async function furnish({ id, email }: Person): Promise<void> {
  const soon = new Date(Date.now() + DAY_MS);
  const owned = { id: uuidv7(), userId: id };
  await test.app.get(Database).write(async (db) => {
    await db.oneTimeToken.create({
      data: {
        ...owned,
        purpose: 'email_change',
        tokenHash: `secret-${id}-1`,
        email: `new-${email}`,
        expiresAt: soon,
      },
    });
    await db.totp.create({ data: { userId: id, secret: `secret-${id}-2`, confirmedAt: soon } });
    await db.recoveryCode.create({ data: { ...owned, codeHash: `secret-${id}-3` } });
    await db.passkey.create({
      data: {
        ...owned,
        credentialId: `credential-${id}`,
        publicKey: Buffer.from('key'),
        counter: 7n,
        transports: ['usb'],
        isBackedUp: false,
        name: 'my key',
      },
    });
    await db.userPicture.create({
      data: { userId: id, file: `pictures/${id}/x`, type: 'image/png', bytes: 7, sha256: 'f00d' },
    });
    await db.identity.create({
      data: { issuer: 'https://id.example', subject: `subject-${id}`, userId: id },
    });
    await db.ceremony.create({
      data: { key: `ceremony-${id}`, kind: 'registration', userId: id, expiresAt: soon },
    });
    await db.apiKey.create({
      data: {
        ...owned,
        name: 'robot',
        prefix: `prefix-${id}`,
        secretHash: `secret-${id}-4`,
        scopes: ['account:read'],
        expiresAt: soon,
      },
    });
  });
}

/** How many rows each table with a `user_id` has of the user, by table. */
async function belongings(id: string): Promise<Record<string, number>> {
  const { pool } = test.engine;
  const { rows } = await pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = current_schema() AND column_name = 'user_id' ORDER BY 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const { rowCount } = await pool.query(`SELECT 1 FROM ${name} WHERE user_id = $1`, [id]);
    counts[name] = rowCount ?? 0;
  }
  return counts;
}

interface Exported {
  account: Record<string, unknown>;
  secondFactor: Record<string, unknown> | null;
  [list: string]: unknown;
  auditEntries: { sequence: string; action: string; by: string; address: string | null }[];
}

const exportOf = (token: string, body: object = {}) =>
  test.api.post<Exported>('/v1/users/me/export', body, { token });

const remove = (token: string, body: object = { password: PASSWORD }) =>
  test.api.request<Record<string, unknown>>('DELETE', '/v1/users/me', body, { token });

const me = (token: string) => test.api.get('/v1/users/me', { token });

const actionsAbout = async (id: string) =>
  (await test.api.auditOf(adminToken, `&subject=${id}`)).map(({ action }) => action).toReversed();

const eraseDue = (now = new Date()) => test.app.get(ErasureService).eraseDue(now);

async function at<T>(time: number, work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: time });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}

describe('the export', () => {
  it('holds what every table has of the person, and nothing that signs anybody in', async () => {
    const person = await join();
    await furnish(person);
    const { status, headers, body } = await exportOf(person.accessToken);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+\.json"$/);

    expect(body).toMatchObject({
      format: 1,
      account: { id: person.id, email: person.email, name: `Person ${count}`, role: 'user' },
      secondFactor: { recoveryCodesLeft: 1 },
      identities: [{ issuer: 'https://id.example', subject: `subject-${person.id}` }],
      picture: { type: 'image/png', bytes: 7, sha256: 'f00d' },
      sessions: [{ address: '127.0.0.1' }],
      letters: expect.arrayContaining([
        expect.objectContaining({ purpose: 'email_change', email: `new-${person.email}` }),
      ]),
      passkeys: [{ name: 'my key', credentialId: `credential-${person.id}` }],
      apiKeys: [{ name: 'robot', prefix: `prefix-${person.id}`, scopes: ['account:read'] }],
    });
    expect(body.auditEntries.map(({ action }) => action)).toEqual([
      'user.registered',
      'auth.logged_in',
      'data.exported',
    ]);
    expect(JSON.stringify(body)).not.toMatch(/secret-|argon2|v1\.development|ceremony-/);
    // a table that comes later has to be thought of here, in the export and in the erasure
    expect(Object.keys(await belongings(person.id))).toEqual([
      'api_keys',
      'ceremonies',
      'identities',
      'one_time_tokens',
      'passkeys',
      'recovery_codes',
      'sessions',
      'totp',
      'user_pictures',
    ]);
  });

  it('holds nothing of anybody else, not even of an administrator who did something to them', async () => {
    const [person, other] = [await join(), await join()];
    await furnish(other);
    const { pool } = test.engine;
    await pool.query(
      `INSERT INTO audit_pending (event_id, time, action, severity, actor, subject, address, user_agent, metadata)
       VALUES (gen_random_uuid(), now(), 'user.registered', 'info', $1, $2, '203.0.113.99', 'the administrator''s', '{"by": "name"}')`,
      [other.id, person.id],
    );
    const { body } = await exportOf(person.accessToken);
    const text = JSON.stringify(body);
    expect(text).not.toMatch(new RegExp(`${other.id}|${other.email}|203\\.0\\.113\\.99`));
    expect(text).not.toContain('administrator');
    expect(body.auditEntries.at(-2)).toMatchObject({ by: 'somebody else', address: null });
  });

  it('takes a recent sign-in, or the password', async () => {
    const { accessToken, refreshToken } = await join();
    await at(Date.now() + 11 * 60_000, async () => {
      expect((await exportOf(accessToken)).body).toMatchObject({
        type: expect.stringContaining('reauthentication-required') as string,
      });
      expect((await exportOf(accessToken, { password: 'wrong' })).status).toBe(403);
      expect((await exportOf(accessToken, { password: PASSWORD })).status).toBe(200);
      expect((await exportOf(accessToken, { password: { $ne: '' } })).status).toBe(400);
      expect((await exportOf(accessToken, { userId: uuidv7() })).status).toBe(400);
    });
    expect((await exportOf(refreshToken)).status).toBe(401);
    expect((await test.api.post('/v1/users/me/export', {})).status).toBe(401);
  });

  it('of ten thousand audit entries is whole and in order, and is never held in memory whole', async () => {
    const person = await join();
    await test.engine.pool.query(
      `INSERT INTO audit_pending (event_id, time, action, severity, actor, subject, user_agent)
       SELECT gen_random_uuid(), now(), 'auth.token_refreshed', 'info', CASE WHEN n % 2 = 0 THEN $1 END, $1, repeat('x', 500)
       FROM generate_series(1, 10000) AS n`,
      [person.id],
    );
    const response = await fetch(`${test.api.url}/v1/users/me/export`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${person.accessToken}`,
        'content-type': 'application/json',
      },
      body: '{}',
    });
    let text = '';
    let largestChunk = 0;
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) {
      largestChunk = Math.max(largestChunk, chunk.length);
      text += decoder.decode(chunk, { stream: true });
    }
    const { auditEntries } = JSON.parse(text) as Exported;
    expect(auditEntries).toHaveLength(10_003);
    const sequences = auditEntries.map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    expect(new Set(sequences).size).toBe(10_003);
    expect(response.headers.get('content-length')).toBeNull();
    expect(largestChunk).toBeLessThan(text.length / 10);
  });
});

describe('a deleted account', () => {
  it('is out of use at once, and is erased when the grace is over', async () => {
    const person = await join();
    const elsewhere = (await test.api.logIn(person.email)).body;
    await furnish(person);

    const { status, body } = await remove(person.accessToken);
    expect(status).toBe(202);
    const eraseAfter = Date.parse(String(body['eraseAfter']));
    expect(Math.abs(eraseAfter - Date.now() - 30 * DAY_MS)).toBeLessThan(60_000);
    for (const { accessToken, refreshToken } of [person, elsewhere]) {
      expect((await me(accessToken)).status).toBe(401);
      expect((await test.api.refresh(refreshToken)).status).toBe(401);
    }
    const { rows } = await test.engine.pool.query(
      'SELECT 1 FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL',
      [person.id],
    );
    expect(rows).toEqual([]);

    expect(await eraseDue(new Date(eraseAfter - 1))).toBe(0);
    expect(await eraseDue(new Date(eraseAfter))).toBe(1);
    expect(await eraseDue(new Date(eraseAfter))).toBe(0);

    const user = await test.engine.pool.query<Record<string, unknown>>(
      'SELECT * FROM users WHERE id = $1',
      [person.id],
    );
    expect(user.rows[0]).toMatchObject({
      email: `erased-${person.id}@erased.invalid`,
      name: null,
      password_hash: null,
      email_verified_at: null,
      erased_at: expect.any(Date) as Date,
    });
    expect(Object.values(await belongings(person.id))).toEqual(Array(9).fill(0));
    expect(await actionsAbout(person.id)).toEqual([
      'user.registered',
      'user.erasure_requested',
      'auth.sessions_ended',
      'user.erased',
    ]);
    expect((await test.api.logIn(person.email)).status).toBe(401);
    expect((await test.api.logIn(`erased-${person.id}@erased.invalid`)).status).toBe(401);
    expect((await test.api.register(person.email)).status).toBe(202);
    expect((await test.api.logIn(person.email)).status).toBe(200);
  });

  it('stays when its owner signs in within the grace', async () => {
    const person = await join();
    await remove(person.accessToken);
    await at(Date.now() + 29 * DAY_MS, async () => {
      expect((await test.api.logIn(person.email, 'wrong password')).status).toBe(401);
      const again = await test.api.logIn(person.email);
      expect(again.status).toBe(200);
      expect((await me(again.body.accessToken)).status).toBe(200);
      expect((await me(person.accessToken)).status).toBe(401);
    });
    expect(await eraseDue(new Date(Date.now() + 365 * DAY_MS))).toBe(0);
    expect((await actionsAbout(person.id)).slice(-1)).toEqual(['user.erasure_cancelled']);
  });

  it('has no live session, not even from a sign-in that the deletion overtook', async () => {
    const person = await join();
    const begun = await test.app.get(UsersService).get(person.id);
    await remove(person.accessToken);
    await expect(test.app.get(SessionsService).open(begun)).rejects.toThrow(WrongCredentials);
    expect(await eraseDue(new Date(Date.now() + 31 * DAY_MS))).toBeGreaterThan(0);
    expect((await belongings(person.id))['sessions']).toBe(0);
  });

  it('takes the password, however recent the sign-in', async () => {
    const { accessToken } = await join();
    for (const [body, status] of [
      [{}, 403],
      [{ password: 'wrong' }, 403],
      [{ password: null }, 403],
      [{ password: 1 }, 400],
      [{ password: PASSWORD, userId: uuidv7() }, 400],
    ] as const) {
      expect({ body, status: (await remove(accessToken, body)).status }).toEqual({ body, status });
    }
    const bare = await test.api.request('DELETE', '/v1/users/me', undefined, {
      token: accessToken,
    });
    expect(bare.status).toBe(403);
    expect((await test.api.request('DELETE', '/v1/users/me')).status).toBe(401);
    expect((await me(accessToken)).status).toBe(200);
  });

  it('is deleted once by requests that come at once', async () => {
    const person = await join();
    const answers = await Promise.all(Array.from({ length: 8 }, () => remove(person.accessToken)));
    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 202 || status === 401)).toBe(true);
    const actions = await actionsAbout(person.id);
    expect(actions.filter((action) => action === 'user.erasure_requested')).toHaveLength(1);
  });

  it('is erased once by processes that erase at once', async () => {
    const later = new Date(Date.now() + 31 * DAY_MS);
    await eraseDue(later);
    const people = await Promise.all(Array.from({ length: 5 }, join));
    for (const { accessToken } of people) await remove(accessToken);
    const counts = await Promise.all(Array.from({ length: 4 }, () => eraseDue(later)));
    expect(counts.reduce((sum, erased) => sum + erased, 0)).toBe(5);
    for (const { id } of people) {
      const actions = await actionsAbout(id);
      expect(actions.filter((action) => action === 'user.erased')).toHaveLength(1);
    }
  });

  it('does not keep the others from being erased when it cannot be', async () => {
    const [stuck, other] = [await join(), await join()];
    await test.api.register(`erased-${stuck.id}@erased.invalid`);
    for (const { accessToken } of [stuck, other]) await remove(accessToken);
    expect(await eraseDue(new Date(Date.now() + 31 * DAY_MS))).toBe(1);
    expect(JSON.stringify(test.lines)).toContain('an account cannot be erased');
    expect((await belongings(stuck.id))['sessions']).toBe(1);
    expect((await test.api.logIn(stuck.email)).status).toBe(200);
  });

  it('is never that of the last administrator, not even when the last two leave at once', async () => {
    const second = await join();
    await test.engine.pool.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [second.id]);
    const [a, b] = await Promise.all([
      remove(adminToken, { password: ADMIN.password }),
      remove(second.accessToken),
    ]);
    expect(new Set([a.status, b.status])).toEqual(new Set([202, 409]));
    expect([a.body['type'], b.body['type']].join(' ')).toContain('last-administrator');
    const { rows } = await test.engine.pool.query(
      `SELECT 1 FROM users WHERE role = 'admin' AND erase_after IS NULL`,
    );
    expect(rows).toHaveLength(1);
  });
});
