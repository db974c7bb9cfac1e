import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findProgram, OwnProcess } from '../../../drills/kit/own-process.mjs';
import { DRILL_COMMAND } from '../../drill.js';

const PATIENCE = { timeout: 60_000, interval: 10 };

let folder: string;
beforeEach(({ skip }) => {
  const isMissing = !findProgram('initdb') || !findProgram('redis-server');
  if (isMissing && process.env['CI'] !== 'true') skip('initdb or redis-server is not on PATH');
  folder = mkdtempSync(join(tmpdir(), 'aerie-interrupt-'));
  chmodSync(folder, 0o755); // PostgreSQL has an account of its own
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('SIGHUP leaves nothing of a drill behind', async () => {
  const drill = start('redis');
  await vi.waitUntil(() => trace().some((line) => line.includes('redis-server')), PATIENCE);
  await vi.waitUntil(() => trace().some((line) => line.includes('dist/service')), PATIENCE);
  drill.signal('SIGHUP');
  expect(await drill.exit).toBe(129);
  expect(trace()).toEqual([]);
});

it('SIGINT while a cluster is made leaves nothing of it behind', async () => {
  const drill = start('clock');
  await vi.waitUntil(() => trace().some((line) => line.includes('initdb')), PATIENCE);
  drill.signal('SIGINT');
  expect(await drill.exit).toBe(130);
  expect(trace()).toEqual([]);
});

it('a second SIGINT waits for nothing, and leaves nothing behind either', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root mounts a disk');
  const drill = start('disk');
  await drill.said(/disk: logs full/);
  drill.signal('SIGINT');
  await drill.said(/ending what was started/);
  drill.signal('SIGINT');
  expect(await drill.exit).toBe(130);
  await vi.waitUntil(() => trace().length === 0, PATIENCE); // the kernel takes a moment to end those it killed
});

function start(name: string): OwnProcess {
  const env = { ...process.env, TMPDIR: folder };
  return new OwnProcess(process.execPath, [DRILL_COMMAND, name, '--short'], { env });
}

/** The directories, mounts and processes that there are of it: all of them name the folder. */
function trace(): string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const processes = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(descriptionOf);
  const naming = [...mounts, ...processes].filter((line) => line.includes(folder));
  return [...readdirSync(folder), ...naming];
}

/** What it is called with, where it runs, and its environment. */
function descriptionOf(pid: string): string {
  try {
    const [command, environment] = ['cmdline', 'environ'].map((file) =>
      readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' '),
    );
    return `${command} ${readlinkSync(`/proc/${pid}/cwd`)} ${environment}`;
  } catch {
    return ''; // it has ended, or is somebody else's
  }
}
