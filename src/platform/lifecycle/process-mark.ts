import { readFileSync } from 'node:fs';

/**
 * Names this process for others that look at what it left: its pid, and when it started where the
 * system tells (Linux), for a pid alone may belong to somebody else after a reboot, or in a new container.
 */
export function markOfThisProcess(): string {
  return `${process.pid} ${startOf(process.pid) ?? ''}`;
}

/** The pid of the process that the mark names, or null when it is gone. */
export function livingPid(mark: string): number | null {
  const [pidText = '', start = ''] = mark.split(' ');
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

/** In clock ticks since boot. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
