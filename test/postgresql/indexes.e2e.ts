import type { Type } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiKeysRepository } from '#features/api-keys/api-keys.repository';
import { OneTimeTokensRepository } from '#features/auth/one-time-tokens.repository';
import { SessionsRepository } from '#features/auth/sessions.repository';
import { IdentitiesRepository } from '#features/oidc/identities.repository';
import { PasskeysRepository } from '#features/passkeys/passkeys.repository';
import { ErasureRepository } from '#features/personal-data/erasure.repository';
import { SecondFactorRepository } from '#features/second-factor/second-factor.repository';
import { UsersRepository } from '#features/users/users.repository';
import { AlertsRepository } from '#operations/alerts/alerts.repository';
import { startApp, type TestApp } from '../app.js';

// the audit trail, which is searched in more ways, has its own: audit-search.e2e.ts

const ROWS = 100_000;
/** Of eight kilobytes each; all of a table of so many rows is more than a thousand. */
const MOST_PAGES = 300;
const PAGE = 101;

/** Ids that are in the order of their numbers, as UUIDv7 are in the order of time. */
const idOf = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ID = `('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`;
/** Whose the rows of other tables are: twenty to each of some users. */
const OWNER = `('01900000-0000-7000-8000-' || lpad((n % 5000 + 1)::text, 12, '0'))::uuid`;
const SOME = 4_321;
const user = idOf(SOME);
const middle = idOf(ROWS / 2);
const now = new Date();

const FILL = [
  `INSERT INTO users (id, email, role, tenant, erase_after, updated_at)
   SELECT ${ID}, 'u' || n || '@example.com', 'user', CASE WHEN n % 3 = 0 THEN 't-' || n % 50 END,
     CASE WHEN n % 1000 = 0 THEN now() - interval '1 day' END, now() FROM series`,
  `INSERT INTO sessions (id, user_id, rotated_at, expires_at, revoked_at, address)
   SELECT ${ID}, ${OWNER}, now(), now() + interval '30 days',
     CASE WHEN n % 4 = 0 THEN now() END, '203.0.113.7' FROM series`,
  `INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, email, expires_at)
   SELECT ${ID}, ${OWNER}, 'password_reset', 'hash-' || n, 'x@example.com', now() + interval '1 day'
   FROM series`,
  `INSERT INTO api_keys (id, user_id, name, prefix, secret_hash, expires_at)
   SELECT ${ID}, ${OWNER}, 'till', 'prefix-' || n, 'hash', now() + interval '1 year' FROM series`,
  `INSERT INTO passkeys (id, user_id, credential_id, public_key, counter, is_backed_up, name)
   SELECT ${ID}, ${OWNER}, 'credential-' || n, '', 0, false, 'phone' FROM series`,
  `INSERT INTO identities (issuer, subject, user_id)
   SELECT 'https://issuer.example', 'subject-' || n, ${OWNER} FROM series`,
  `INSERT INTO recovery_codes (id, user_id, code_hash) SELECT ${ID}, ${OWNER}, 'hash-' || n FROM series`,
  `INSERT INTO alerts (id, rule, instance, severity, value, threshold, raised_at, seen_at, resolved_at)
   SELECT ${ID}, 'rule-' || n % 20, 'one', 'high', 1, 1, now(), now(),
     CASE WHEN n % 10000 > 0 THEN now() - n * interval '1 minute' END FROM series`,
];
const TABLES = FILL.map((statement) => /INTO (\w+)/.exec(statement)![1]!);
/** Prisma quotes the names, plain SQL does not. */
const OF_TABLES = new RegExp(`\\b(${TABLES.join('|')})\\b`);

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
  await test.engine.withSession(async (session) => {
    await session.query(`SET session_replication_role = 'replica'`); // owners are all there
    await session.query('SET synchronous_commit = off');
    const series = `WITH series AS (SELECT n FROM generate_series(1, ${ROWS}) AS n)`;
    for (const statement of FILL) await session.query(`${series} ${statement}`);
    await session.query(`VACUUM ANALYZE ${TABLES.join(', ')}`);
  });
});
afterAll(() => test[Symbol.asyncDispose]());

/** The plan of each statement that the call makes, and how many pages that looks at. */
async function plansOf(call: () => Promise<unknown>): Promise<{ plan: string; pages: number }[]> {
  const asked = vi.spyOn(test.engine.pool, 'query');
  await call();
  const queries = asked.mock.calls.map(([query]) => query as unknown as QueryConfig);
  asked.mockRestore();
  const ours = queries.filter(({ text }) => OF_TABLES.test(text ?? ''));
  return test.engine.withSession(async (session) => {
    const plans = [];
    for (const { text, values } of ours) {
      await session.query('BEGIN');
      const { rows } = await session.query<Record<string, string>>({
        text: `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) ${text}`,
        values: values ?? [],
      });
      await session.query('ROLLBACK'); // what is explained is done, too
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      const buffers = [...(/Buffers:(.*)/.exec(plan)?.[1] ?? '').matchAll(/(?:hit|read)=(\d+)/g)];
      plans.push({ plan, pages: buffers.reduce((sum, [, count]) => sum + Number(count), 0) });
    }
    return plans;
  });
}

const of = <T>(repository: Type<T>): T => test.app.get(repository);

const CALLS: [string, () => Promise<unknown>][] = [
  ['the first page of users', () => of(UsersRepository).findPage(undefined, PAGE)],
  ['a page in the middle of the users', () => of(UsersRepository).findPage(middle, PAGE)],
  ['a user by id', () => of(UsersRepository).findById(user)],
  ['a user by address', () => of(UsersRepository).findByEmail(`u${SOME}@example.com`)],
  ['the accounts that are to be erased', () => of(ErasureRepository).findDue(now, undefined, PAGE)],
  [
    'one’s own live sessions',
    () => of(SessionsRepository).findLivePage(user, now, undefined, PAGE),
  ],
  [
    'more of one’s own live sessions',
    () => of(SessionsRepository).findLivePage(user, now, middle, PAGE),
  ],
  [
    'where an account was signed in to from',
    () => of(SessionsRepository).findAddressesOf(`u${SOME}@example.com`),
  ],
  ['the end of all sessions of a user', () => of(SessionsRepository).revokeAllOf(user, now)],
  [
    'the newest letter to a user',
    () => of(OneTimeTokensRepository).findNewest(user, 'password_reset'),
  ],
  [
    'a secret of a letter',
    () => of(OneTimeTokensRepository).findGood(`hash-${SOME}`, 'password_reset', now),
  ],
  ['the end of all letters of a user', () => of(OneTimeTokensRepository).deleteAllOf(user)],
  ['one’s own API keys', () => of(ApiKeysRepository).findPage(user, undefined, PAGE)],
  ['more of one’s own API keys', () => of(ApiKeysRepository).findPage(user, middle, PAGE)],
  ['how many live API keys one has', () => of(ApiKeysRepository).countLive(user, now)],
  ['an API key by its prefix', () => of(ApiKeysRepository).findWithUser(`prefix-${SOME}`)],
  ['one’s own passkeys', () => of(PasskeysRepository).findAllOf(user)],
  [
    'a passkey by its credential',
    () => of(PasskeysRepository).findByCredential(`credential-${SOME}`),
  ],
  ['one’s own identities', () => of(IdentitiesRepository).findByUser(user)],
  ['one’s own recovery codes', () => of(SecondFactorRepository).countRecoveryCodes(user)],
  [
    'the use of a recovery code',
    () => of(SecondFactorRepository).useRecoveryCode(user, 'hash-1', now),
  ],
  ['the active alerts', () => of(AlertsRepository).findPage(true, undefined, PAGE)],
  ['more of the active alerts', () => of(AlertsRepository).findPage(true, middle, PAGE)],
  ['the first page of all alerts', () => of(AlertsRepository).findPage(false, undefined, PAGE)],
  ['a page in the middle of the alerts', () => of(AlertsRepository).findPage(false, middle, PAGE)],
  ['the last alert of a rule', () => of(AlertsRepository).findLatest('rule-7')],
  ['the last alert of a rule that had none', () => of(AlertsRepository).findLatest('new-rule')],
];

describe(`of ${ROWS} rows in each table`, () => {
  it.each(CALLS)('%s: found by an index', async (_what, call) => {
    const plans = await plansOf(call);
    expect(plans).not.toHaveLength(0);
    for (const { plan, pages } of plans) {
      expect(plan).not.toContain('Seq Scan');
      expect({ plan, isBounded: pages < MOST_PAGES }).toEqual({ plan, isBounded: true });
    }
  });
});
