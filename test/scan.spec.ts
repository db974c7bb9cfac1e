import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { NpmProject, NpmRegistry } from './npm-registry.js';

let registry: NpmRegistry;
let project: NpmProject;
let report: string;

beforeAll(async () => {
  [registry, project] = await Promise.all([NpmRegistry.start(), NpmProject.make()]);
  report = join(project.directory, 'reports', 'scan.json');
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});
beforeEach(() => rm(report, { force: true }));

interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

/** The command as one types it, with the npm of this machine and a registry of the test. */
function scan(words: string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const where = ['--project', project.directory, '--report', report];
  const env = { ...process.env, npm_config_registry: registry.url, ...environment };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['scripts/scan.mjs', ...where, ...words],
      { env },
      (error, stdout, stderr) => {
        resolve({ exitCode: Number(error?.code ?? 0), output: stdout + stderr });
      },
    );
  });
}

it('is content with a clean project, and says what is outdated', async () => {
  registry.mood = {};
  const { exitCode, output } = await scan();
  expect({ exitCode, output }).toMatchObject({
    exitCode: 0,
    output: expect.stringContaining('Clean: no package has a known vulnerability.'),
  });
  expect(output).toMatch(/critter +1\.0\.0 +1\.1\.0 +2\.0\.0 \(major\)/);
});

it('fails on what is as bad as it is told or worse, with the remedy', async () => {
  registry.mood = { critter: 'high', higher: 'moderate', stuck: 'low' };
  const high = await scan();
  expect(high.exitCode).toBe(1);
  expect(high.output).toContain('0 critical, 1 high, 1 moderate, 1 low');
  expect(high.output).toMatch(/high +critter .* npm audit fix/);
  expect(high.output).toMatch(/moderate +higher .* update higher to 1\.1\.0/);
  expect(high.output).toMatch(/low +stuck .* no remedy yet/);
  expect((await scan(['--fail-on', 'critical'])).exitCode).toBe(0);
});

it('believes no npm that is told to be offline, which would find nothing', async () => {
  registry.mood = { critter: 'critical' };
  await writeFile(join(project.directory, '.npmrc'), 'offline=true\naudit=false\n');
  const { exitCode, output } = await scan(['--json'], { npm_config_offline: 'true' });
  expect(exitCode).toBe(1);
  expect(JSON.parse(output)).toMatchObject({ latest: { state: 'findings' } });
});

it('says unknown where npm gets no answer, and keeps what was known with its age', async () => {
  registry.mood = { critter: 'low' };
  expect((await scan()).exitCode).toBe(0);
  registry.mood = 'refuses';
  const { exitCode, output } = await scan();
  expect(exitCode).toBe(2);
  expect(output).toMatch(/^UNKNOWN: .*405/);
  expect(output).toMatch(/latest known result is of .* 0 days ago: .* 1 low/);
  expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({
    latest: { state: 'unknown' },
    lastKnown: { state: 'findings' },
  });
});

it.each(['is broken', 'says nothing'] as const)(
  'says unknown of a registry that %s',
  async (mood) => {
    registry.mood = mood;
    const { exitCode, output } = await scan(['--timeout', mood === 'is broken' ? '120' : '2']);
    expect({ exitCode, output }).toMatchObject({
      exitCode: 2,
      output: expect.stringMatching(/^UNKNOWN: /),
    });
  },
);

it('says unknown where there is no npm', async () => {
  const nowhere = join(project.directory, 'empty');
  await mkdir(nowhere, { recursive: true });
  const { exitCode, output } = await scan([], { PATH: nowhere });
  expect({ exitCode, output }).toMatchObject({
    exitCode: 2,
    output: expect.stringContaining('UNKNOWN: npm is not installed here.'),
  });
});

it('runs with no option that it does not know', async () => {
  expect(await scan(['--fail-on', 'never'])).toMatchObject({ exitCode: 2 });
  expect(await scan(['--timeout', '0'])).toMatchObject({ exitCode: 2 });
  expect((await scan(['--help'])).exitCode).toBe(0);
});
