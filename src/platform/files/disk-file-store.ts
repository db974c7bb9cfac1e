import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '../config/config.js';
import { FileStore, type StoredFile } from './file-store.js';
import { StorageFull } from './files.problems.js';

const NAME = /^[\da-z-]+(?:\/[\da-z-]+)*$/;
const ONE_HOUR_MS = 3_600_000;

/**
 * Files in DATA_DIR/files. Each is written beside, brought to the disk and then renamed: there is
 * never half a file under its name. What a kill left beside is swept at a start, an hour later.
 */
@Injectable()
export class DiskFileStore extends FileStore implements OnModuleInit {
  private readonly root: string;
  private readonly incoming: string;

  constructor({ DATA_DIR }: Config) {
    super();
    this.root = join(DATA_DIR, 'files');
    this.incoming = join(DATA_DIR, 'files-incoming'); // on the same disk, or it could not be renamed
  }

  async onModuleInit(): Promise<void> {
    for (const name of await readdir(this.incoming).catch(() => [])) {
      const part = join(this.incoming, name);
      const { mtimeMs } = await stat(part);
      if (mtimeMs < Date.now() - ONE_HOUR_MS) await rm(part, { force: true });
    }
  }

  async save(folder: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    const name = `${folder}/${uuidv7()}`;
    const path = this.pathOf(name);
    const part = join(this.incoming, name.replaceAll('/', '-'));
    try {
      await mkdir(this.incoming, { recursive: true, mode: 0o700 });
      const written = await write(part, content);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(part, path);
      await sync(dirname(path));
      await sync(this.root);
      return { name, ...written };
    } catch (error) {
      await rm(part, { force: true });
      await rm(path, { force: true });
      throw isFull(error) ? new StorageFull({ cause: error }) : error;
    }
  }

  async open(name: string): Promise<Readable | null> {
    try {
      return (await open(this.pathOf(name))).createReadStream();
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  delete(name: string): Promise<void> {
    return rm(this.pathOf(name), { force: true });
  }

  deleteFolder(folder: string): Promise<void> {
    return rm(this.pathOf(folder), { recursive: true, force: true });
  }

  private pathOf(name: string): string {
    if (!NAME.test(name)) throw new Error('no name of a file of ours');
    return join(this.root, name);
  }
}

async function write(
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<Pick<StoredFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
      await file.appendFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** A new name in a folder is on the disk when the folder is. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(codeOf(error)));
