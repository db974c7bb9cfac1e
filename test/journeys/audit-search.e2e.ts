import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api, AuditEntry } from '../api.js';
import { startApp, type TestApp } from '../app.js';

const ROWS = 400;
const SECOND_MS = 1_000;
const BEGINNING = Date.parse('2025-06-01T00:00:00.000Z');

let test: TestApp;
let api: Api;
let admin: string;
let rows: AuditEntry[];

beforeAll(async () => {
  test = await startApp();
  ({ api } = test);
  rows = await addEntries();
  admin = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

/** Entries of every combination, not in the order of their time, several in one millisecond. */
async function addEntries(): Promise<AuditEntry[]> {
  const { rows: added } = await test.engine.pool.query<AuditEntry & { time: Date }>(
    `INSERT INTO audit_logs (sequence, event_id, time, action, severity, actor, subject, request_id, hash)
     SELECT 1000 + n, gen_random_uuid(), $1::timestamptz + interval '1 second' * (n * 7 % 50),
       (ARRAY['user.registered', 'auth.logged_in', 'auth.login_failed'])[1 + n % 3],
       (ARRAY['info', 'notice', 'warning', 'critical'])[1 + n / 3 % 4]::severity,
       (ARRAY['ann', 'bob', NULL])[1 + n / 5 % 3], (ARRAY['ann', 'bob', 'order 1'])[1 + n / 7 % 3],
       'request ' || n / 2, repeat('0', 64)
     FROM generate_series(1, ${ROWS}) AS n
     RETURNING sequence::text, time, action, severity::text, actor, subject, request_id AS "requestId"`,
    [new Date(BEGINNING)],
  );
  return added.map((row) => Object.assign(row, { time: row.time.toISOString() }));
}

type Page = { items: AuditEntry[]; nextCursor: string | null };

async function page(query: Record<string, string>, token = admin): Promise<Page> {
  const { status, body } = await api.get<Page>(
    `/v1/audit?${new URLSearchParams(query).toString()}`,
    {
      token,
    },
  );
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}

/** All pages of a search, of entries from the time of the rows. */
async function all(query: Record<string, string>, limit = 100): Promise<AuditEntry[]> {
  const filter = { to: new Date(BEGINNING + 60 * SECOND_MS).toISOString(), ...query };
  const found: AuditEntry[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items, nextCursor } = await page({
      ...filter,
      limit: String(limit),
      ...(cursor && { cursor }),
    });
    found.push(...items);
    cursor = nextCursor;
  }
  return found;
}

function expected(query: Record<string, string>): string[] {
  const { from = '', to = '9', ...equal } = query;
  return rows
    .filter(({ time }) => time >= from && time < to)
    .filter((row) => Object.entries(equal).every(([key, value]) => row[key as 'actor'] === value))
    .toSorted((a, b) => b.time.localeCompare(a.time) || Number(b.sequence) - Number(a.sequence))
    .map(({ sequence }) => sequence);
}

const FILTERS: Record<string, string> = {
  action: 'auth.logged_in',
  actor: 'ann',
  subject: 'bob',
  severity: 'warning',
  from: new Date(BEGINNING + 10 * SECOND_MS).toISOString(),
  to: new Date(BEGINNING + 40 * SECOND_MS).toISOString(),
};

/** Every set of filters. */
const COMBINATIONS = Array.from({ length: 2 ** Object.keys(FILTERS).length }, (_, set) =>
  Object.fromEntries(Object.entries(FILTERS).filter((_filter, bit) => set & (1 << bit))),
);

const readings = async () => (await page({ action: 'audit.read', limit: '100' })).items;

describe('a search of the trail', () => {
  it('finds what fits all of its filters, whatever the combination', async () => {
    for (const query of COMBINATIONS) {
      const found = (await all(query)).map(({ sequence }) => sequence);
      expect({ query, found }).toEqual({ query, found: expected(query) });
    }
    expect(expected(FILTERS).length).toBeGreaterThan(0);
    const query = { requestId: 'request 77', severity: rows[153]!.severity };
    expect((await all(query)).map(({ sequence }) => sequence)).toEqual(expected(query));
  });

  it('comes in pages of any length, whole and in order, while entries are added', async () => {
    const query = { action: 'auth.login_failed' };
    const before = expected(query);
    let added = 0;
    const found: AuditEntry[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { items, nextCursor } = await page({ ...query, limit: '7', ...(cursor && { cursor }) });
      found.push(...items);
      cursor = nextCursor;
      if (added++ < 5) await api.logIn('nobody@example.com', 'wrong password');
    }
    const sequences = found.map(({ sequence }) => sequence);
    expect(new Set(sequences).size).toBe(sequences.length);
    expect(sequences.filter((sequence) => before.includes(sequence))).toEqual(before);
  });

  it.each([
    'action=user.unheard_of',
    'severity=fatal',
    'from=yesterday',
    'from=2025-06-02T00:00:00Z&to=2025-06-01T00:00:00Z',
    'limit=0',
    'limit=101',
    'cursor=1',
    'cursor=1-2-3',
    `cursor=${'9'.repeat(16)}-1`,
    `actor=${'x'.repeat(201)}`,
    'colour=red',
  ])('for %s is refused', async (query) => {
    expect((await api.get(`/v1/audit?${query}`, { token: admin })).status).toBe(400);
  });

  it('has the shape that is promised', async () => {
    const { items } = await page({ limit: '1', action: 'auth.logged_in' });
    expect(Object.keys(items[0]!).toSorted()).toEqual([
      'action',
      'actor',
      'address',
      'hash',
      'metadata',
      'requestId',
      'sequence',
      'severity',
      'subject',
      'time',
      'userAgent',
    ]);
  });
});

describe('reading the trail', () => {
  it('is recorded with what was asked for, once for all pages of it', async () => {
    const before = (await readings()).length;
    const query = { severity: 'critical', from: FILTERS['from']!, limit: '5' };
    let { nextCursor } = await page(query);
    for (let pages = 0; pages < 3; pages++) {
      ({ nextCursor } = await page({ ...query, cursor: nextCursor! }));
    }
    const found = await readings();
    expect(found[1]).toMatchObject({
      severity: 'notice',
      actor: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      metadata: { severity: 'critical', from: FILTERS['from'] },
    });
    expect(found.length - before).toBe(2); // that, and the look before
    await page(query);
    expect((await readings()).length - found.length).toBe(2);
  });

  it('is recorded also when it begins in the middle', async () => {
    const before = (await readings()).length;
    const query = { actor: 'bob', cursor: `${BEGINNING + 30 * SECOND_MS}-1200` };
    await page(query);
    await page(query);
    expect((await readings()).length - before).toBe(2);
  });

  it('is for administrators, and for keys of theirs with that scope', async () => {
    const { accessToken: token } = await api.join('reader@example.com');
    for (const path of ['/v1/audit', '/v1/audit/export?format=csv', '/v1/audit/verify']) {
      expect((await api.get(path)).status).toBe(401);
      expect((await api.get(path, { token })).status).toBe(403);
      const made = await api.post(
        '/v1/auth/api-keys',
        { name: 'auditor', scopes: ['audit:read'] },
        { token: admin },
      );
      const key = String(made.body['key']);
      expect((await api.get(path, { headers: { 'x-api-key': key } })).status).toBe(200);
      const other = await api.post(
        '/v1/auth/api-keys',
        { name: 'other', scopes: ['account:read'] },
        { token: admin },
      );
      const headers = { 'x-api-key': String(other.body['key']) };
      expect((await api.get(path, { headers })).status).toBe(403);
    }
  });
});
