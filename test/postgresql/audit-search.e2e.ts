import type { QueryConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuditSearchRepository, type Position } from '#features/audit/audit-search.repository';
import { startApp, type TestApp } from '../app.js';

/** A hundred thousand show which index is chosen; `AUDIT_ROWS=1000000` also what it is worth. */
const ROWS = Number(process.env['AUDIT_ROWS'] ?? 100_000);
const DAYS = 365;
const RUNS = 40;
const DAY_MS = 86_400_000;

let test: TestApp;

beforeAll(async () => {
  test = await startApp();
  await fill();
}, 600_000);
afterAll(() => test[Symbol.asyncDispose]());

/** A year of a busy service: mostly requests, few of what matters, five thousand users. */
async function fill(): Promise<void> {
  await test.engine.withSession(async (session) => {
    await session.query(
      `INSERT INTO audit_logs (sequence, event_id, hash, time, action, severity, actor, subject, request_id, metadata)
        SELECT 1000000 + n, gen_random_uuid(), repeat('0', 64), now() - interval '1 second' * (${DAYS * 86_400} * (1 - n::float8 / $1)),
          CASE WHEN n % 20000 = 7 THEN 'auth.refresh_replayed'
            WHEN n % 10 < 5 THEN 'request.completed'
            WHEN n % 10 < 8 THEN 'auth.token_refreshed'
            WHEN n % 10 = 8 THEN 'auth.logged_in' ELSE 'auth.login_failed' END,
          (CASE WHEN n % 20000 = 7 THEN 'critical'
            WHEN n % 10 = 9 THEN 'warning' ELSE 'info' END)::severity,
          CASE WHEN n % 3 > 0 THEN 'actor-' || n * 7919 % 5000 END,
          'subject-' || n * 104729 % 20000,
          'request-' || n / 2,
          '{"method": "POST", "route": "/v1/auth/login", "status": 200}'
        FROM generate_series(1, $1::bigint) AS n`,
      [ROWS],
    );
    await session.query('VACUUM ANALYZE audit_logs');
  });
}

const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
const some = (name: string, run: number, count: number) => `${name}-${(run * 37) % count}`;
/** A day, or more, of some time in the year. */
const range = (run: number, days = 1) => {
  const from = (run * 31) % (DAYS - days);
  return { from: ago(from + days), to: ago(from) };
};

type Filter = Parameters<AuditSearchRepository['findNewest']>[0];

const FILTERS: [name: string, index: string, filter: (run: number) => Filter][] = [
  ['nothing', 'time', () => ({})],
  ['a common action', 'action|time', () => ({ action: 'auth.logged_in' })],
  ['a rare action', 'action', () => ({ action: 'auth.refresh_replayed' })],
  ['an action that never was', 'action', () => ({ action: 'user.erased' })],
  ['an actor', 'actor', (run) => ({ actor: some('actor', run, 5_000) })],
  ['a subject', 'subject', (run) => ({ subject: some('subject', run, 20_000) })],
  ['a common severity', 'severity|time', () => ({ severity: 'warning' })],
  ['a rare severity', 'severity', () => ({ severity: 'critical' })],
  ['a request', 'request_id', (run) => ({ requestId: some('request', run, ROWS / 2) })],
  ['a day', 'time', (run) => range(run)],
  ['a month', 'time', (run) => range(run, 30)],
  ['a day and an action', 'action|time', (run) => ({ action: 'auth.login_failed', ...range(run) })],
  [
    'a month and a rare action',
    'action',
    (run) => ({ action: 'auth.refresh_replayed', ...range(run, 30) }),
  ],
  [
    'a month and an actor',
    'actor',
    (run) => ({ actor: some('actor', run, 5_000), ...range(run, 30) }),
  ],
  [
    'a month and a subject',
    'subject',
    (run) => ({ subject: some('subject', run, 20_000), ...range(run, 30) }),
  ],
  [
    'a month and a rare severity',
    'severity',
    (run) => ({ severity: 'critical', ...range(run, 30) }),
  ],
  [
    'an actor and an action',
    'actor',
    (run) => ({ actor: some('actor', run, 5_000), action: 'auth.logged_in' }),
  ],
];

/** How the database answers a search: its plan, the pages that it looks at, and the time. */
async function search(filter: Filter, behind?: Position) {
  const asked = vi.spyOn(test.engine.pool, 'query');
  const start = performance.now();
  await test.app.get(AuditSearchRepository).findNewest(filter, behind, 101);
  const ms = performance.now() - start;
  const [{ text, values }] = asked.mock.calls.find(([query]) =>
    (query as unknown as QueryConfig).text?.includes('audit_logs'),
  ) as unknown as [QueryConfig];
  asked.mockRestore();
  const { rows } = await test.engine.pool.query<Record<string, string>>({
    text: `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) ${text}`,
    values,
  });
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  const pages = [.../Buffers:(.*)/.exec(plan)![1]!.matchAll(/(?:hit|read)=(\d+)/g)];
  return { plan, ms, pages: pages.reduce((sum, [, count]) => sum + Number(count), 0) };
}

describe(`a search of ${ROWS} entries`, () => {
  it.each(FILTERS)('by %s is answered by an index', async (_name, index, filter) => {
    const { plan, pages } = await search(filter(1));
    expect(plan).not.toContain('Seq Scan');
    expect(plan).toMatch(new RegExp(`(using|on) audit_logs_(${index})_.*idx`));
    expect(pages).toBeLessThan(1_000);
  });

  it('costs no more behind the middle than at the start', async () => {
    const behind = { time: ago(180), sequence: 1n };
    for (const filter of [{}, { action: 'auth.logged_in' }, { severity: 'warning' }] as const) {
      const { plan, pages } = await search(filter, behind);
      expect(plan).toMatch(/Index Cond: .*"time" </);
      expect(pages).toBeLessThan(1_000);
    }
  });

  it.runIf(ROWS >= 1_000_000)('takes the times printed here', async () => {
    for (const [name, , filter] of FILTERS) {
      const found = [];
      for (let run = 0; run < RUNS; run++) found.push(await search(filter(run)));
      const p95 = found.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(RUNS * 0.95)]!;
      const most = Math.max(...found.map(({ pages }) => pages));
      process.stdout.write(`| ${name} | ${p95.toFixed(1)} ms | ${most} pages |\n`);
      expect(most).toBeLessThan(1_000);
    }
  });
});
