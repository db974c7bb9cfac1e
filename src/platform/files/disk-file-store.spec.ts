import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../config/config.js';
import { DiskFileStore } from './disk-file-store.js';
import { StorageFull } from './files.problems.js';

let directory: string;
let store: DiskFileStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'files-'));
  store = new DiskFileStore({ DATA_DIR: directory } as Config);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function* chunks(...all: (string | Error)[]): AsyncGenerator<Buffer> {
  for (const each of all) {
    if (each instanceof Error) throw each;
    yield await Promise.resolve(Buffer.from(each));
  }
}

const filesIn = async (folder = directory) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

describe('a file', () => {
  it('comes back as it was, under a name of our own', async () => {
    const { name, bytes, sha256 } = await store.save('pictures/ada', chunks('one ', 'two'));
    expect(name).toMatch(/^pictures\/ada\/[\da-f-]{36}$/);
    expect(bytes).toBe(7);
    expect(sha256).toMatch(/^[\da-f]{64}$/);
    expect(await text((await store.open(name))!)).toBe('one two');
    await store.delete(name);
    expect(await store.open(name)).toBeNull();
    await store.delete(name);
  });

  it('is not there before it is whole, and never if it fails', async () => {
    const failing = store.save('pictures/ada', chunks('one', new Error('cut off')));
    await expect(failing).rejects.toThrow('cut off');
    expect(await filesIn()).toEqual([]);
  });

  it.each(['../x', 'a/../../x', '/etc/passwd', 'a//b', 'a\0', '', '.'])(
    'is not looked for outside of the store: %j',
    async (name) => {
      await expect(store.open(name)).rejects.toThrow('no name of a file of ours');
      expect(() => store.deleteFolder(name)).toThrow('no name of a file of ours');
    },
  );

  it('goes with its folder', async () => {
    const { name } = await store.save('pictures/ada', chunks('x'));
    const { name: other } = await store.save('pictures/bo', chunks('y'));
    await store.deleteFolder('pictures/ada');
    expect(await store.open(name)).toBeNull();
    expect(await store.open(other)).not.toBeNull();
  });
});

it('what a kill left half written is swept an hour later, and what is on its way is not', async () => {
  const incoming = join(directory, 'files-incoming');
  await mkdir(incoming);
  await writeFile(join(incoming, 'old'), 'half');
  await writeFile(join(incoming, 'new'), 'half');
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(incoming, 'old'), longAgo, longAgo);
  await store.onModuleInit();
  expect(await filesIn()).toEqual(['new']);
});

/** Whether a small disk is in the place of the folder now. */
function isMounted(): boolean {
  try {
    const size = ['-o', 'size=256k'];
    execFileSync('mount', ['-t', 'tmpfs', ...size, 'tmpfs', directory], { stdio: 'pipe' });
    return true;
  } catch {
    process.stderr.write('skipped: a disk that is full, no right to mount one\n');
    return false;
  }
}

describe('a disk that is full', () => {
  it('is a problem of its own, leaves nothing, and takes the next file that fits', async ({
    skip,
  }) => {
    if (!isMounted()) return skip();
    try {
      const { name } = await store.save('pictures/ada', chunks('kept'));
      const tooMuch = Array.from({ length: 20 }, () => 'x'.repeat(65_536));
      await expect(store.save('pictures/ada', chunks(...tooMuch))).rejects.toThrow(StorageFull);
      expect(await filesIn()).toHaveLength(1);
      expect(await readFile(join(directory, 'files', name), 'utf8')).toBe('kept');
      await store.save('pictures/ada', chunks('fits'));
    } finally {
      execFileSync('umount', [directory]);
    }
  });
});
