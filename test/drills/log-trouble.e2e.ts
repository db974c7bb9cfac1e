import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { openLogFiles } from '#platform/logging/log-files';
import { linesOf, parseLines, type LogLine } from '../log-files.js';
import { Services, type Service } from '../service.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aerie-logs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(20);
}

const loggedBy = (service: Service): LogLine[] =>
  parseLines(
    service.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .join('\n'),
  );

const BROKEN = 'the log files cannot be written: lines go to standard output only';
const MENDED = 'the log files are written again';

describe('log files that cannot be written', () => {
  const services = new Services();
  const start = (LOG_DIR: string) =>
    services.start({ NODE_ENV: 'test', LOG_LEVEL: 'info', LOG_DIR });

  it('do not keep the service from starting; it says so once, and writes when it can', async () => {
    const folder = join(directory, 'logs');
    writeFileSync(folder, 'a file where the folder should be');
    const service = start(folder);
    const api = await service.ready();
    await api.get('/ping');
    await service.said(/the log files cannot be written/);
    await delay(2_500); // it has tried again meanwhile
    expect(loggedBy(service).filter(({ msg }) => msg === BROKEN)).toHaveLength(1);

    rmSync(folder);
    mkdirSync(folder);
    await service.said(/the log files are written again/);
    await api.get('/ping', { headers: { 'x-request-id': 'after-the-trouble' } });
    service.signal('SIGTERM');
    expect(await service.exit).toBe(0);
    const ids = linesOf(folder, 'http').map(({ requestId }) => requestId);
    expect(ids).toContain('after-the-trouble');
    // what had to wait came first
    expect(linesOf(folder, 'combined')[0]!.msg).toBe('effective configuration');
  });

  it('because the disk is full stop nothing, and go on when there is room', async (context) => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory], {
        stdio: 'pipe',
      });
    } catch (error) {
      context.skip(`a small file system cannot be mounted: ${String(error).split('\n')[0]}`);
    }
    try {
      const filler = join(directory, 'filler');
      // room for the start and some requests; the filler's room is enough for all that waits meanwhile
      writeFileSync(filler, Buffer.alloc(472 * 1024));
      const service = start(directory);
      const api = await service.ready();
      let sent = 0;
      while (!/the log files cannot be written/.test(service.output)) {
        expect(
          (await api.get('/ping', { headers: { 'x-request-id': `n-${sent++}` } })).status,
        ).toBe(200);
      }
      for (let more = 0; more < 50; more++) {
        expect(
          (await api.get('/ping', { headers: { 'x-request-id': `n-${sent++}` } })).status,
        ).toBe(200);
      }
      rmSync(filler);
      await service.said(/the log files are written again/);
      service.signal('SIGTERM');
      expect(await service.exit).toBe(0);
      expect(loggedBy(service).filter(({ msg }) => msg === BROKEN)).toHaveLength(1);
      const ids = linesOf(directory, 'combined')
        .map(({ requestId }) => String(requestId))
        .filter((id) => id.startsWith('n-'));
      expect(ids).toEqual(Array.from({ length: sent }, (_, number) => `n-${number}`));
      expect(loggedBy(service).find(({ msg }) => msg === MENDED)).toMatchObject({ dropped: 0 });
    } finally {
      execFileSync('umount', ['--lazy', directory]);
    }
  });

  it('because their thread has died are written by a new one', async () => {
    const { config } = loadConfig(
      { NODE_ENV: 'test', LOG_DIR: directory, DATA_DIR: directory },
      '/dev/null',
    );
    const files = openLogFiles(config)!;
    const said: (string | undefined)[] = [];
    files.onTrouble((trouble) => said.push(trouble));
    files.write('{"level":"info","time":"1","msg":"before"}\n');
    const { worker } = Reflect.get(files, 'writer') as { worker: { terminate(): Promise<void> } };
    await until(() => linesOf(directory, 'combined').length === 1);
    await worker.terminate();
    await until(() => files.trouble !== undefined);
    files.write('{"level":"info","time":"2","msg":"meanwhile"}\n');
    expect(files.dropped).toBe(1);
    await until(() => files.trouble === undefined);
    files.write('{"level":"info","time":"3","msg":"after"}\n');
    await files.end();
    expect(linesOf(directory, 'combined').map(({ msg }) => msg)).toEqual(['before', 'after']);
    expect(said).toEqual([expect.any(String), undefined]);
  });
});

describe('standard output that is read slowly', () => {
  it('has the last line of an orderly stop', async () => {
    const main = fileURLToPath(new URL('log-volume.mjs', import.meta.url));
    const child = spawn(process.execPath, [main, '30000', 'in order'], {
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8');
    // nothing is read for a while, so that the pipe is full, and then little by little
    await delay(1_000);
    child.stdout.on('data', (chunk: string) => {
      text += chunk;
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), 2);
    });
    await once(child, 'close');
    expect(parseLines(text).map(({ number }) => number)).toEqual(
      Array.from({ length: 30_000 }, (_, number) => number),
    );
  });

  it('that nobody reads any more does not end the service', async () => {
    const main = fileURLToPath(new URL('log-volume.mjs', import.meta.url));
    const child = spawn(process.execPath, [main, '30000', 'in order'], {
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', LOG_LEVEL: 'info', LOG_DIR: directory },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.destroy();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(
      linesOf(directory, 'combined').filter(({ number }) => number !== undefined),
    ).toHaveLength(30_000);
  });
});
