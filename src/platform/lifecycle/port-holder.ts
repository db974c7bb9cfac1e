import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTENING = '0A';

/** Which process listens on a TCP port, as `node (1234)`, where the system tells (Linux, same user). */
export function portHolder(port: number): string | undefined {
  try {
    const inodes = listeningInodes(port);
    const pid = readdirSync('/proc').find(
      (name) => /^\d+$/.test(name) && holdsSocket(name, inodes),
    );
    return pid && `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (${pid})`;
  } catch {
    return undefined;
  }
}

/** See proc(5), /proc/net/tcp: local address is the second column, state the fourth, inode the tenth. */
function listeningInodes(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = ['/proc/net/tcp', '/proc/net/tcp6']
    .filter((file) => existsSync(file)) // of a kernel without IPv6 there is one
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(1));
  const columns = lines.map((line) => line.trim().split(/\s+/));
  return new Set(
    columns
      .filter(([, local, , state]) => local?.endsWith(suffix) && state === LISTENING)
      .map((line) => line[9]!),
  );
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      const target = linkTarget(`/proc/${pid}/fd/${descriptor}`);
      return target.startsWith('socket:[') && inodes.has(target.slice(8, -1));
    });
  } catch {
    return false; // another user's process, or one that just ended
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
