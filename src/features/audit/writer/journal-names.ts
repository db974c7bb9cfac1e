// Names of the journal's files: `pid-start-lot-number.journal`, and `…-number-of-NAME` once taken over.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { livingPid } from '#platform/lifecycle/process-mark';

/** Whether the process lives that the file is of. */
export function isOfLiving(name: string): boolean {
  const [pid = '', start = ''] = name.split('-');
  return livingPid(`${pid} ${start}`) !== null;
}

/** Of a file that went through several hands, the name that it had first. */
export function originOf(name: string): string {
  return name.split('-of-').at(-1)!;
}

/**
 * The files of one process as it numbered them, those of several by who wrote first: names say nothing
 * of that, and times nothing of one process whose clock was put back.
 */
export async function oldestFirst(directory: string, names: readonly string[]): Promise<string[]> {
  const since = new Map<string, number>();
  for (const name of names) {
    const found = await stat(join(directory, name)).catch(() => null); // gone since
    const earliest = since.get(processOf(name)) ?? Infinity;
    since.set(processOf(name), Math.min(earliest, found?.mtimeMs ?? Infinity));
  }
  return names.toSorted((one, other) => {
    const [first, second] = [processOf(one), processOf(other)];
    if (first === second) return byName(one, other);
    return since.get(first)! - since.get(second)! || byName(first, second);
  });
}

function processOf(name: string): string {
  return name.split('-', 3).join('-');
}

function byName(one: string, other: string): number {
  return one < other ? -1 : 1;
}
