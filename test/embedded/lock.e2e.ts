import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Services } from '../service.js';

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url));

const services = new Services();

describe('the embedded database', () => {
  it('belongs to one process; a second one is refused in one line', async () => {
    const first = services.start();
    const api = await first.ready();
    const second = services.start();
    expect(await second.exit).toBe(1);
    expect(second.output.trim().split('\n').at(-1)).toMatch(/is in use by process \d+\. Stop that/);
    expect(second.output).toContain(`process ${first.pid}`);
    expect((await api.get('/health/ready')).status).toBe(200);
  });

  it.each(['rotate-encryption.mjs', 'migrate.mjs'])(
    'is not given to %s while the service has it, which says so in one line',
    async (script) => {
      const service = services.start();
      await service.ready();
      const child = spawn(process.execPath, [join(SCRIPTS, script)], {
        env: { PATH: process.env['PATH'], ...services.database.environment },
      });
      const [output, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect(code).toBe(1);
      expect(output.trim()).toMatch(/^The embedded database in .* is in use by process \d+\..*$/);
      expect(output).toContain(`process ${service.pid}`);
    },
  );

  it('is free again after a SIGKILL', async () => {
    const first = services.start();
    await first.ready();
    await first.kill();
    const api = await services.start().ready();
    expect((await api.get('/health/ready')).status).toBe(200);
  });

  it('belongs to one of several that find a dead lock at the same moment', async () => {
    const directory = join(services.database.environment.DATA_DIR, 'contended');
    for (let round = 0; round < 8; round++) {
      writeFileSync(`${directory}.lock`, '999999 1');
      const rivals = Array.from({ length: 4 }, () => rival(directory, Date.now() + 1_000));
      const outcomes = await Promise.all(rivals.map(({ outcome }) => outcome));
      expect(outcomes.toSorted()).toEqual(['mine', 'refused', 'refused', 'refused']);
      await Promise.all(rivals.map(({ end }) => end()));
    }
  });

  it('says so when DATA_DIR is no folder', async () => {
    const file = join(services.database.environment.DATA_DIR, 'file');
    writeFileSync(file, '');
    const service = services.start({ DATA_DIR: file });
    expect(await service.exit).toBe(1);
    expect(service.output).toMatch(/DATA_DIR cannot be used: .*file/);
    expect(service.output).not.toMatch(/\n\s+at /);
  });
});

const LOCK = new URL('../../dist/platform/database/directory-lock.js', import.meta.url).href;

/** A process that takes the lock at the given time, says what came of it, and holds on until it is ended. */
function rival(directory: string, at: number) {
  const script = `
    import { lockDirectory } from ${JSON.stringify(LOCK)};
    while (Date.now() < ${at});
    let outcome = 'mine';
    try { lockDirectory(${JSON.stringify(directory)}); } catch { outcome = 'refused'; }
    process.stdout.write(outcome);
    process.stdin.on('end', () => process.exit()).resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const end = async () => {
    child.stdin.end();
    await once(child, 'close');
  };
  return { outcome: once(child.stdout, 'data').then(String), end };
}
