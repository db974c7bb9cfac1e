import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { undoWith } from './last-moment.mjs';
import { ownDirectory } from './own-process.mjs';

const CHUNK = Buffer.alloc(65_536);

/** A disk small enough to be filled up: a tmpfs, which takes root to mount. */
export class SmallDisk {
  constructor(directory) {
    this.directory = directory;
    this.filler = join(directory, 'filler');
  }

  /**
   * Undefined where it cannot be mounted.
   *
   * @param {string} size as mount has it, such as 48m
   * @param {{ uid: number, gid: number }} [account] whose it is
   */
  static mount(drill, size, account) {
    const directory = ownDirectory(drill, account);
    const owner = account ? `,uid=${account.uid},gid=${account.gid}` : '';
    const options = `size=${size},mode=700${owner}`;
    // without a wait, in which the drill might end and not know of it
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]);
    if (status !== 0) return undefined;
    undoWith(drill, () => spawnSync('umount', ['--lazy', directory]));
    return new SmallDisk(directory);
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
