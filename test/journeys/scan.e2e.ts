import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ScheduledScan } from '#operations/scan/scheduled-scan';
import { startApp, type TestApp } from '../app.js';
import { NpmProject, NpmRegistry } from '../npm-registry.js';

interface Scan {
  readonly state: string;
  readonly reason: string | null;
  readonly ageSeconds: number;
  readonly takenAt: string;
  readonly counts: Record<string, number> | null;
  readonly findings: Record<string, unknown>[];
  readonly outdated: Record<string, unknown>[];
}
interface Scans {
  readonly scheduledAt: string;
  readonly isRunning: boolean;
  readonly latest: Scan | null;
  readonly lastKnown: Scan | null;
}

const WAIT = { timeout: 120_000, interval: 100 };

let test: TestApp;
let registry: NpmRegistry;
let project: NpmProject;
let token: string;

beforeAll(async () => {
  [test, registry, project] = await Promise.all([
    startApp(),
    NpmRegistry.start(),
    NpmProject.make(),
  ]);
  token = (await test.logInAdmin()).accessToken;
  test.app.get(ScheduledScan).directory = project.directory;
  vi.stubEnv('npm_config_registry', registry.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await test[Symbol.asyncDispose]();
  await registry[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

const scans = async (): Promise<Scans> =>
  (await test.api.get<Scans>('/hardening/scan', { token })).body;
const start = () => test.api.post('/hardening/scan', undefined, { token });

/** Starts one, and waits for what comes of it. */
async function scan(): Promise<Scans> {
  const before = (await scans()).latest?.takenAt;
  expect((await start()).status).toBe(202);
  return vi.waitFor(async () => {
    const after = await scans();
    expect(after.isRunning).toBe(false);
    expect(after.latest?.takenAt ?? before).not.toBe(before);
    return after;
  }, WAIT);
}

it('knows nothing before the first scan', async () => {
  expect(await scans()).toEqual({
    scheduledAt: 'off', // in tests
    isRunning: false,
    latest: null,
    lastKnown: null,
  });
});

it('scans when an operator asks, and records who did', async () => {
  registry.mood = { critter: 'critical', stuck: 'low' };
  const { latest, lastKnown } = await scan();
  expect(latest).toMatchObject({
    state: 'findings',
    reason: null,
    counts: { critical: 1, high: 0, moderate: 0, low: 1 },
  });
  expect(latest!.findings).toMatchObject([
    { package: 'critter', severity: 'critical', remedy: { text: 'npm audit fix' } },
    { package: 'stuck', severity: 'low', remedy: null },
  ]);
  expect(latest!.outdated).toHaveLength(4);
  expect(lastKnown!.takenAt).toBe(latest!.takenAt);
  const requested = '&action=operations.dependency_scan_requested';
  await vi.waitFor(
    async () =>
      expect(await test.api.auditOf(token, requested)).toMatchObject([
        { metadata: { stateBefore: 'never scanned' }, actor: expect.any(String) },
      ]),
    WAIT,
  );
});

it('says unknown when the registry refuses, and keeps the last scan that was known', async () => {
  const known = (await scans()).lastKnown!;
  registry.mood = 'refuses';
  const { latest, lastKnown } = await scan();
  expect(latest).toMatchObject({
    state: 'unknown',
    reason: expect.stringContaining('405'),
    counts: null,
    findings: [],
  });
  expect(lastKnown).toMatchObject({ state: 'findings', takenAt: known.takenAt });
  expect(lastKnown!.ageSeconds).toBeGreaterThanOrEqual(known.ageSeconds);
  expect(test.lines).toContainEqual(
    expect.objectContaining({ msg: 'whether dependencies are vulnerable is not known' }),
  );
});

it('is taken back by a scan that is clean', async () => {
  registry.mood = {};
  const { latest, lastKnown } = await scan();
  expect([latest!.state, lastKnown!.state]).toEqual(['clean', 'clean']);
});

it('never runs two at once, and lets a stop end the one that runs', async () => {
  registry.mood = 'says nothing';
  expect((await start()).status).toBe(202);
  await vi.waitFor(async () => expect((await scans()).isRunning).toBe(true), WAIT);
  const second = await start();
  expect([second.status, second.body['type']]).toEqual([409, '/docs/problems/scan-under-way']);

  const { latest } = await scans();
  test.app.get(ScheduledScan).onModuleDestroy();
  await vi.waitFor(async () => expect((await scans()).isRunning).toBe(false), WAIT);
  expect((await scans()).latest!.takenAt).toBe(latest!.takenAt);
});

it('is for operators', async () => {
  const { accessToken } = await test.api.join('ada@example.com');
  expect((await test.api.get('/hardening/scan', { token: accessToken })).status).toBe(403);
  expect((await test.api.post('/hardening/scan', {}, { token: accessToken })).status).toBe(403);
  expect((await test.api.get('/hardening/scan')).status).toBe(401);
});
