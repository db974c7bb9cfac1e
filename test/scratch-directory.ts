import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 1_024 ** 3;

/**
 * A new directory for a database of a test: in memory where there is room, since each test with the
 * embedded engine copies some 40 MB, for which it would wait for a disk.
 */
export function scratchDirectory(prefix: string): string {
  return mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), prefix));
}

function hasRoom(directory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize > ROOM_BYTES;
  } catch {
    return false; // there is no such place on every system
  }
}
