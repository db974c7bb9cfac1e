import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { livingPid, markOfThisProcess } from '../lifecycle/process-mark.js';
import { StartFailure } from '../lifecycle/start-failure.js';

/** Another process holds the data directory. */
export class DirectoryInUse extends StartFailure {
  constructor(directory: string, pid: number) {
    super(
      `The embedded database in ${directory} is in use by process ${pid}. Stop that process, or give this one a DATA_DIR of its own.`,
    );
  }
}

/**
 * Takes the directory for this process: PGlite has no lock of its own, and two writers silently
 * lose rows. Returns how to let go; the end of the process lets go as well, and a lock whose
 * process is gone counts for nothing.
 */
export function lockDirectory(directory: string): () => void {
  const file = `${directory}.lock`;
  const mine = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(directory), { recursive: true });
    writeFileSync(mine, markOfThisProcess(), { mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartFailure(`DATA_DIR cannot be used: ${reason}`, { cause: error });
  }
  try {
    while (!claim(mine, file)) {
      const pid = holder(file);
      if (pid !== null) throw new DirectoryInUse(directory, pid);
      removeDead(file);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  const release = () => {
    if (holder(file) === process.pid) rmSync(file, { force: true });
  };
  process.once('exit', release);
  return () => {
    process.off('exit', release);
    release();
  };
}

const REMOVAL_MS = 5_000;

/**
 * Removes a lock whose process is gone. One process at a time looks and removes: between the two
 * the lock could have become another's.
 */
function removeDead(file: string): void {
  const removing = `${file}.removing`;
  try {
    mkdirSync(removing);
  } catch {
    const since = statSync(removing, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > REMOVAL_MS) rmSync(removing, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    return;
  }
  if (holder(file) === null) rmSync(file, { force: true });
  rmSync(removing, { recursive: true, force: true });
}

/** `link` is atomic and fails when the name is taken; the file is complete before it has the name. */
function claim(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The living process that holds the lock, or null. */
function holder(file: string): number | null {
  try {
    return livingPid(readFileSync(file, 'utf8'));
  } catch {
    return null; // gone meanwhile
  }
}
