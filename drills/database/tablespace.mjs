import { execFile } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownDirectory } from '../kit/own-process.mjs';

const run = promisify(execFile);
const SIZE = '48m';
const CHUNK = Buffer.alloc(65_536);

/** A disk of its own for the tables, small enough to be filled up: a tmpfs, which takes root to mount. */
export class Tablespace {
  name = 'small_disk';

  constructor(directory) {
    this.directory = directory;
    this.filler = join(directory, 'filler');
  }

  /** Undefined where it cannot be mounted. */
  static async mount(drill, { account }) {
    const directory = ownDirectory(drill, account);
    const owner = account ? `,uid=${account.uid},gid=${account.gid}` : '';
    try {
      await run('mount', [
        '-t',
        'tmpfs',
        '-o',
        `size=${SIZE},mode=700${owner}`,
        'tmpfs',
        directory,
      ]);
    } catch {
      return undefined;
    }
    drill.endWith(() => run('umount', ['--lazy', directory]));
    return new Tablespace(directory);
  }

  get creation() {
    return `CREATE TABLESPACE ${this.name} OWNER aerie LOCATION '${this.directory}'`;
  }

  /** Takes all the room that is left. */
  fill() {
    const file = openSync(this.filler, 'a');
    try {
      for (let length = CHUNK.length; length >= 1;) {
        try {
          writeSync(file, CHUNK, 0, length);
        } catch (error) {
          if (error.code !== 'ENOSPC') throw error;
          length = Math.floor(length / 2);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  empty() {
    rmSync(this.filler, { force: true });
  }
}
