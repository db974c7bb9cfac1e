import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuditService } from '#features/audit/audit.service';
import { startApp } from '../app.js';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';

const EVENTS = 60;
const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

let database: ScratchDatabase;

beforeEach(async () => {
  database = await scratchDatabase();
  const test = await startApp(database.environment);
  const audit = test.app.get(AuditService);
  for (let n = 0; n < EVENTS; n++) {
    await audit.record('auth.sessions_ended', {
      subject: `subject ${n}`,
      metadata: { sessions: n },
    });
  }
  await test[Symbol.asyncDispose]();
});
afterEach(() => database.drop());

interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

function run(script: string, ...args: string[]): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], ...database.environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [path(script), ...args], { env }, (error, stdout, stderr) => {
      resolve({
        code: error ? ((error.code as number | undefined) ?? null) : 0,
        signal: error?.signal ?? null,
        output: stdout + stderr,
      });
    });
  });
}

const archive = (...args: string[]) => run('../../scripts/archive-audit.mjs', ...args);
const verify = (...args: string[]) => run('../../scripts/verify-audit.mjs', ...args);
const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();

const files = () => {
  const directory = join(database.environment.DATA_DIR, 'audit', 'archives');
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ndjson.gz'))
    .map((name) => join(directory, name));
};

async function left(): Promise<number> {
  const { output } = await archive('--before', tomorrow(), '--dry-run');
  return Number(/Would archive (\d+)/.exec(output)?.[1] ?? 0);
}

it('SIGKILL at any step of archiving leaves the rows or the archive, and a trail that holds', async () => {
  const entries = await left();
  expect(entries).toBeGreaterThan(EVENTS);

  for (const step of ['written', 'named', 'recorded', 'removed']) {
    expect(await run('./archive-until.mjs', step)).toMatchObject({ signal: 'SIGKILL' });
    expect({ step, left: await left() }).toEqual({ step, left: entries });
    expect(await verify()).toMatchObject({
      code: 0,
      output: expect.stringContaining('Whole: ') as string,
    });
  }

  expect(await run('./archive-until.mjs', 'committed')).toMatchObject({ signal: 'SIGKILL' });
  const [file] = files();
  const proof = await verify('--archive', file!);
  expect(proof.output).toContain(`Whole: entries 1 to ${entries}, signed`);
  expect(proof.code).toBe(0);
  expect(await left()).toBe(0);
  expect(await verify()).toMatchObject({ code: 0 });
});

it('the commands say what they would do, what they did, and whom not to trust', async () => {
  expect(await archive()).toMatchObject({
    code: 2,
    output: expect.stringContaining('AUDIT_RETENTION_DAYS is unset') as string,
  });
  expect(await archive('--before', 'soon')).toMatchObject({
    code: 2,
    output: expect.stringContaining('"soon" is no date') as string,
  });
  expect(await archive('--help')).toMatchObject({
    code: 0,
    output: expect.stringContaining('--dry-run') as string,
  });
  const entries = await left();
  expect(await archive('--before', '2020-01-01')).toMatchObject({
    code: 0,
    output: expect.stringContaining('Nothing to do') as string,
  });
  expect((await archive('--before', tomorrow())).output).toContain(`Archived ${entries} entries`);

  const [file] = files();
  expect(await verify('--archive', file!, '--alone')).toMatchObject({
    code: 0,
    output: expect.stringContaining('the database was not asked') as string,
  });
  database.environment.DATA_DIR += '-of-somebody-else';
  const stranger = await verify('--archive', file!, '--alone');
  database.environment.DATA_DIR = database.environment.DATA_DIR.replace('-of-somebody-else', '');
  expect(stranger).toMatchObject({
    code: 1,
    output: expect.stringContaining('signed by a key that is not among') as string,
  });
});
