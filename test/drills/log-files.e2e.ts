import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, logFiles, parseLines, type LogLine } from '../log-files.js';
import { Services } from '../service.js';

const VOLUME = fileURLToPath(new URL('log-volume.mjs', import.meta.url));
const LINES = 30_000;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aerie-logs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the writer of numbered lines to its end. */
async function writeVolume(end: string, environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [VOLUME, String(LINES), end], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      LOG_DIR: directory,
      LOG_FILE_SIZE: '256k',
      LOG_FILE_COUNT: '1000',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await once(child, 'close');
  return parseLines(stdout);
}

const numbersOf = (lines: readonly LogLine[]) =>
  lines.map((line) => line['number']).filter((number) => number !== undefined);
const ALL = Array.from({ length: LINES }, (_, number) => number);

describe('log files', () => {
  it.each(['in order', 'exit', 'throw'])(
    'hold every line once and in order over many rotations, when the process ends: %s',
    async (end) => {
      const stdout = await writeVolume(end);
      expect(numbersOf(linesOf(directory, 'combined'))).toEqual(ALL);
      // at an abrupt end, what is on its way through the pipe may go with the process
      if (end === 'in order') expect(numbersOf(stdout)).toEqual(ALL);
      expect(logFiles(directory, 'combined').length).toBeGreaterThan(8);
    },
  );

  it('are rolled by size, and no more of them kept than LOG_FILE_COUNT', async () => {
    await writeVolume('in order', { LOG_FILE_COUNT: '3', LOG_FILE_SIZE: '100k' });
    const names = logFiles(directory, 'combined');
    expect(names.length).toBeGreaterThan(1);
    expect(names.length).toBeLessThanOrEqual(3);
    const sizes = names.map((name) => statSync(join(directory, name)).size);
    // what comes at once is rolled in pieces of 64 KB
    for (const size of sizes) expect(size).toBeLessThan(2 * 102_400);
    expect(numbersOf(linesOf(directory, 'combined')).at(-1)).toBe(LINES - 1);
  });

  it('are continued by the next start, which keeps what is there', async () => {
    await writeVolume('in order');
    const before = logFiles(directory, 'combined');
    await writeVolume('in order');
    expect(numbersOf(linesOf(directory, 'combined'))).toEqual([...ALL, ...ALL]);
    expect(logFiles(directory, 'combined').slice(0, before.length)).toEqual(before);
  });

  it('are readable by their owner and group alone', async () => {
    await writeVolume('in order');
    const [name] = logFiles(directory, 'combined');
    expect(statSync(join(directory, name!)).mode & 0o007).toBe(0);
  });
});

describe('the log files of the service', () => {
  const services = new Services();
  const start = (environment: Record<string, string> = {}) =>
    services.start({ NODE_ENV: 'test', LOG_LEVEL: 'info', LOG_DIR: directory, ...environment });

  it('hold after SIGTERM what standard output holds, sorted by kind', async () => {
    const service = start({ LOG_FILE_SIZE: '20k', LOG_FILE_COUNT: '500' });
    const api = await service.ready();
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        api.get(i % 3 ? '/ping' : '/v1/users/me', { headers: { 'x-request-id': `drill-${i}` } }),
      ),
    );
    service.signal('SIGTERM');
    expect(await service.exit).toBe(0);
    const stdout = parseLines(
      service.output
        .split('\n')
        .filter((l) => l.startsWith('{'))
        .join('\n'),
    );
    const combined = linesOf(directory, 'combined');
    expect(combined).toEqual(stdout);
    expect(combined.at(-1)!.msg).toBe('stopped');
    expect(logFiles(directory, 'combined').length).toBeGreaterThan(1);
    const http = linesOf(directory, 'http');
    expect(http).toEqual(stdout.filter(({ module }) => module === 'http'));
    const drilled = http.filter(({ requestId }) => String(requestId).startsWith('drill-'));
    expect(drilled).toHaveLength(200);
    expect(linesOf(directory, 'error')).toEqual(stdout.filter(({ level }) => level === 'error'));
  });
});
