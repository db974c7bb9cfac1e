import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditService } from '#features/audit/audit.service';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { TcpProxy } from '../../drills/kit/tcp-proxy.mjs';
import { startApp, type TestApp } from '../app.js';
import { AuditChain } from '../audit-chain.js';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

const numbersIn = (entries: { metadata: unknown }[]) =>
  entries.map(({ metadata }) => (metadata as { sessions: number }).sessions);

describe('several processes on one database', () => {
  const PROCESSES = 3;
  const EACH = 400;

  it.each([
    ['with one key', () => ({ AUDIT_SIGNING_KEYS: newKey() })],
    ['each with a key of its own', () => ({})],
  ])('%s write one chain: whole, none lost, none doubled', async (_name, environment) => {
    const given: Record<string, string> = environment();
    await using first = await AuditChain.start(given);
    const { DATABASE_URL } = first.test.app.get(Config);
    const others = await Promise.all(
      Array.from({ length: PROCESSES - 1 }, () =>
        startApp({ ...given, DATABASE_URL: DATABASE_URL! }),
      ),
    );
    const apps = [first.test, ...others];
    await Promise.all(apps.map((test, process) => work(test, process)));
    const entries = (await first.entries()).filter(({ action }) => action === 'auth.guess_delayed');
    await Promise.all(others.map((test) => test[Symbol.asyncDispose]()));

    const verdict = await first.verify();
    expect(verdict).toMatchObject({ valid: true });
    expect(entries).toHaveLength(PROCESSES * EACH);
    expect(new Set(entries.map(({ subject }) => subject)).size).toBe(PROCESSES * EACH);
    const all = await first.entries();
    expect(all.map(({ sequence }) => Number(sequence))).toEqual(all.map((_, n) => n + 1));
    const strange = all.filter(({ action }) => action === 'audit.key_unknown').length;
    expect(strange > 0).toBe(Object.keys(given).length === 0);
    expect(all.map(({ action }) => action)).not.toContain('audit.pending_altered');
  });

  /** Half in transactions of their own, half without. */
  async function work({ app }: TestApp, process: number): Promise<void> {
    const [audit, database] = [app.get(AuditService), app.get(Database)];
    await Promise.all(
      Array.from({ length: EACH }, async (_, n) => {
        const record = () =>
          audit.record('auth.guess_delayed', { subject: `process ${process}, ${n}` });
        await (n % 2 === 0 ? record() : database.transaction(record));
      }),
    );
    await audit.verify(); // seals what it recorded, while the others do the same
  }
});

describe('while the database is away', () => {
  let database: ScratchDatabase;
  let proxy: TcpProxy;
  let test: TestApp;
  let environment: Record<string, string>;

  beforeEach(async () => {
    database = await scratchDatabase('postgresql');
    const target = new URL(database.environment.DATABASE_URL);
    proxy = await TcpProxy.to(target);
    environment = { ...database.environment, DATABASE_URL: proxy.url(target) };
    test = await startApp(environment);
  });
  afterEach(async () => {
    await test[Symbol.asyncDispose]();
    await proxy.close();
    await database.drop();
  });

  const record = (n: number) =>
    test.app.get(AuditService).record('auth.sessions_ended', { metadata: { sessions: n } });

  const auditPart = async () =>
    ((await test.api.get('/health')).body as { audit: Record<string, unknown> }).audit;

  async function recorded(): Promise<number[]> {
    const { accessToken } = await test.logInAdmin();
    const entries = await test.api.auditOf(accessToken, '&action=auth.sessions_ended');
    return numbersIn(entries.toReversed());
  }

  const journal = () => join(environment['DATA_DIR']!, 'audit', 'journal');

  it.each([
    ['frozen', () => Promise.resolve(proxy.freeze())],
    ['refusing connections', () => proxy.refuse()],
  ])(
    'and %s, events are kept in the journal, come back in order, and health says so',
    async (_state, breakIt) => {
      await record(0);
      await breakIt();
      for (let n = 1; n <= 9; n++) await record(n);
      test.app.get(SecurityEvents).report({
        action: 'security.origin_refused',
        metadata: { origin: 'https://elsewhere.example', method: 'GET' },
      });
      await vi.waitFor(async () => expect(await auditPart()).toMatchObject({ waiting: 0 }), 10_000);
      expect(await auditPart()).toMatchObject({
        status: 'degraded',
        storage: 'journal',
        dropped: 0,
      });
      expect(readdirSync(journal())).not.toEqual([]);

      await proxy.pass();
      await vi.waitFor(
        async () => expect(await auditPart()).toMatchObject({ status: 'healthy', journalBytes: 0 }),
        { timeout: 30_000, interval: 100 },
      );
      // a connection of before may be given up yet
      await vi.waitFor(
        async () => expect(await recorded()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        { timeout: 30_000, interval: 200 },
      );
      const { accessToken } = await test.logInAdmin();
      expect(await test.api.auditOf(accessToken, '&action=security.origin_refused')).toHaveLength(
        1,
      );
      const { body } = await test.api.get('/v1/audit/verify', { token: accessToken });
      expect(body).toMatchObject({ valid: true });
      await vi.waitFor(() => expect(readdirSync(journal())).toEqual([]), 30_000);
    },
  );

  it('a stop leaves what is recorded in the journal, and the next start brings it in', async () => {
    await proxy.refuse();
    await record(1);
    test.app.get(SecurityEvents).report({
      action: 'security.origin_refused',
      metadata: { origin: 'https://elsewhere.example', method: 'GET' },
    });
    await test[Symbol.asyncDispose]();
    expect(existsSync(journal())).toBe(true);
    // this process lives, so to itself it is not dead: the name is made that of one which is
    for (const name of readdirSync(journal())) {
      renameSync(join(journal(), name), join(journal(), `4194999-1-${name}`));
    }
    await proxy.pass();
    test = await startApp(environment);
    expect(await recorded()).toEqual([1]);
    const { accessToken } = await test.logInAdmin();
    expect(await test.api.auditOf(accessToken, '&action=security.origin_refused')).toHaveLength(1);
  });

  it.each(['refuse', 'continue'] as const)(
    'and the journal cannot be written: %s',
    async (AUDIT_WHEN_FULL) => {
      await test[Symbol.asyncDispose]();
      test = await startApp({ ...environment, AUDIT_WHEN_FULL });
      rmSync(journal(), { recursive: true, force: true });
      mkdirSync(join(environment['DATA_DIR']!, 'audit'), { recursive: true });
      writeFileSync(journal(), 'in the way');
      await proxy.refuse();
      const recording = record(1);
      if (AUDIT_WHEN_FULL === 'refuse') {
        await expect(recording).rejects.toMatchObject({ slug: 'audit', status: 503 });
      } else {
        await recording;
      }
      expect(await auditPart()).toMatchObject({ status: 'unhealthy', storage: 'none', dropped: 1 });
      expect(test.lines).toContainEqual(
        expect.objectContaining({
          msg: 'an audit event stands in the log only',
          event: expect.objectContaining({ action: 'auth.sessions_ended' }) as object,
        }),
      );
      rmSync(journal());
      await proxy.pass();
      await vi.waitFor(() => record(2), { timeout: 30_000, interval: 200 });
      await vi.waitFor(
        async () => expect(await auditPart()).toMatchObject({ storage: 'database' }),
        { timeout: 30_000, interval: 200 },
      );
      expect(await recorded()).toEqual([2]);
    },
  );
});
