import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
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
  mkdirSync(dirname(directory), { recursive: true });
  const descriptor = openSync(mine, 'w', 0o600);
  writeSync(descriptor, `${process.pid} ${startOf(process.pid) ?? ''}`);
  closeSync(descriptor);
  try {
    if (!claim(mine, file)) {
      const pid = holder(file);
      if (pid !== null) throw new DirectoryInUse(directory, pid);
      // only one of several who find the same dead lock can move it away
      renameSync(file, `${mine}.dead`);
      rmSync(`${mine}.dead`, { force: true });
      if (!claim(mine, file)) throw new DirectoryInUse(directory, holder(file) ?? 0);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  return () => {
    process.off('exit', release);
    release();
  };
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
  const [pidText = '', start = ''] = readFileSync(file, 'utf8').split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  const actualStart = startOf(pid);
  const isSameProcess = actualStart === undefined || start === '' || actualStart === start;
  return isSameProcess ? pid : null;
}

/**
 * When a process started, in clock ticks since boot where the system tells (Linux): a pid alone may
 * belong to somebody else after a reboot, or in a new container.
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
