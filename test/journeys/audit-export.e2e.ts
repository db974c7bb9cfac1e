import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuditSearchRepository } from '#features/audit/audit-search.repository';
import type { Api, AuditEntry } from '../api.js';
import { startApp, type TestApp } from '../app.js';

const ROWS = 30_000;
const PAGE = 500;
const PATIENCE = { timeout: 30_000 };

let test: TestApp;
let api: Api;
let admin: string;

beforeAll(async () => {
  test = await startApp();
  ({ api } = test);
  await test.engine.pool.query(
    `INSERT INTO audit_logs (sequence, event_id, time, action, severity, actor, subject, user_agent, metadata, hash)
     SELECT 1000 + n, gen_random_uuid(), '2025-06-01'::timestamptz + interval '1 second' * n,
       'auth.login_failed', 'warning', 'ann', 'subject ' || n,
       CASE n WHEN 1 THEN '=HYPERLINK("http://evil.example")' WHEN 2 THEN E'a "quoted",\r\nbroken Ünï🦅'
         ELSE repeat('x', 200) END, '{"tries": 1}', repeat('0', 64)
     FROM generate_series(1, ${ROWS}) AS n`,
  );
  admin = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

const OURS = 'actor=ann';

const exported = async (query: string) => {
  const response = await fetch(`${api.url}/v1/audit/export?${query}`, {
    headers: { authorization: `Bearer ${admin}` },
  });
  return { response, text: await response.text() };
};

/** A download whose client reads when it likes. */
async function download(query: string): Promise<IncomingMessage> {
  const request = get(`${api.url}/v1/audit/export?${query}`, {
    headers: { authorization: `Bearer ${admin}` },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function records(action: string): Promise<AuditEntry[]> {
  return api.auditOf(admin, `&action=${action}`);
}

describe('an export of the trail', () => {
  it('as NDJSON has every entry that fits, the oldest first, each as the search shows it', async () => {
    const { response, text } = await exported(`format=ndjson&${OURS}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="audit.ndjson"');
    expect(response.headers.get('content-length')).toBeNull();
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditEntry);
    expect(entries.map(({ sequence }) => Number(sequence))).toEqual(
      Array.from({ length: ROWS }, (_, n) => 1001 + n),
    );
    const [found] = await api.auditOf(admin, '&subject=subject 17');
    expect(entries[16]).toEqual(found);
  });

  it('as CSV is what a spreadsheet reads as text, and takes for no formula', async () => {
    const { response, text } = await exported(`format=csv&${OURS}`);
    expect(response.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    const lines = text.split('\r\n');
    expect(lines[0]).toBe(
      'sequence,time,action,severity,actor,subject,requestId,address,userAgent,metadata,hash',
    );
    expect(lines[1]).toContain(`,"'=HYPERLINK(""http://evil.example"")","{""tries"":1}",`);
    expect(text).toContain(',"a ""quoted"",\r\nbroken Ünï🦅",');
    expect(lines).toHaveLength(ROWS + 3); // the head, a cell of two lines, and the end
    expect(lines.at(-1)).toBe('');
    expect(text).not.toMatch(/(^|,)=/m);
  });

  it('has the filters of the search, and ndjson when no format is given', async () => {
    const { text } = await exported(`${OURS}&subject=subject+5&from=2025-06-01T00:00:00Z`);
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect((await exported(`${OURS}&subject=nobody`)).text).toBe('');
    expect((await exported(`${OURS}&subject=nobody&format=csv`)).text).toMatch(
      /^sequence,[^\n]*\r\n$/,
    );
  });

  it.each(['format=xml', 'action=user.unheard_of', 'limit=5', 'cursor=1-1', 'from=yesterday'])(
    'is refused for %s',
    async (query) => {
      const { response } = await exported(query);
      expect(response.status).toBe(400);
    },
  );

  it('is recorded at its start and at its end, with its filter and its length', async () => {
    await exported(`format=csv&${OURS}&severity=warning`);
    const [started] = await records('audit.export_started');
    expect(started).toMatchObject({
      severity: 'warning',
      actor: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      metadata: { format: 'csv', actor: 'ann', severity: 'warning' },
    });
    const [ended] = await records('audit.exported');
    expect(ended).toMatchObject({
      actor: started!.actor,
      requestId: started!.requestId,
      metadata: { format: 'csv', entries: ROWS, isWhole: true },
    });
  });

  it('reads no further than its client, and ends when the client leaves', async () => {
    const pages = vi.spyOn(AuditSearchRepository.prototype, 'findOldest');
    const response = await download(OURS);
    response.pause();
    const requestId = response.headers['x-request-id'];
    let read = -1;
    await expect
      .poll(
        () => {
          const isStill = pages.mock.calls.length === read;
          read = pages.mock.calls.length;
          return isStill;
        },
        { ...PATIENCE, interval: 500 },
      )
      .toBe(true);
    expect(read).toBeLessThan(ROWS / PAGE);
    response.destroy();
    await expect
      .poll(
        () => api.auditOf(admin, `&action=audit.exported&requestId=${String(requestId)}`),
        PATIENCE,
      )
      .toMatchObject([{ metadata: { isWhole: false } }]);
    expect(pages.mock.calls.length).toBeLessThanOrEqual(read + 1);
    pages.mockRestore();
  });

  it('that breaks on the way ends with a cut connection, and is recorded as not whole', async () => {
    const entries = test.app.get(AuditSearchRepository);
    const findOldest = entries.findOldest.bind(entries);
    const pages = vi.spyOn(entries, 'findOldest');
    pages.mockImplementation((...args) => {
      if (pages.mock.calls.length === 3) return Promise.reject(new Error('the disk is gone'));
      return findOldest(...args);
    });
    const response = await download(OURS);
    const requestId = response.headers['x-request-id'];
    expect(response.statusCode).toBe(200);
    response.resume();
    await expect(once(response, 'end')).rejects.toThrow('aborted');
    expect(response.complete).toBe(false);
    pages.mockRestore();
    const [record] = await api.auditOf(
      admin,
      `&action=audit.exported&requestId=${String(requestId)}`,
    );
    expect(record).toMatchObject({ metadata: { isWhole: false } });
    expect(test.lines).toContainEqual(
      expect.objectContaining({ msg: 'an export of the audit trail broke off' }),
    );
  });

  it('that fails before its first byte is answered with a problem', async () => {
    const last = vi.spyOn(AuditSearchRepository.prototype, 'findLast');
    last.mockRejectedValueOnce(new Error('no'));
    const { response } = await exported(OURS);
    last.mockRestore();
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});
