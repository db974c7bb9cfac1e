import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const END_MS = 5_000;
const SAYS_MS = 60_000;

/** Pids of what runs, for the last moment of this process: whatever happens, nothing is left behind. */
const running = new Set();
process.on('exit', () => {
  for (const pid of running) signal(pid, 'SIGKILL');
});

/** A program that the drill started, and nobody else's. */
export class OwnProcess {
  output = '';
  /** @type {Promise<number | null>} the exit code, null after a signal */
  exit;

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {{ env?: Record<string, string | undefined>, account?: { uid: number, gid: number } }} [options]
   */
  constructor(command, args, { env = process.env, account } = {}) {
    this.child = spawn(command, args, { env, ...account, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (chunk) => (this.output += String(chunk)));
    }
    running.add(this.pid);
    this.exit = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.output += error.message;
        resolve(null);
      });
      this.child.once('close', (code) => resolve(code));
    });
    void this.exit.then(() => running.delete(this.pid));
  }

  /** @returns {number} */
  get pid() {
    return this.child.pid ?? -1;
  }
  signal(name) {
    signal(this.pid, name);
  }

  /**
   * Waits until the output matches, and returns the first group. Throws the output when it ends
   * instead, or has not said it in a minute.
   *
   * @param {RegExp} pattern
   * @returns {Promise<string>}
   */
  async said(pattern) {
    const start = performance.now();
    let hasEnded = false;
    void this.exit.then(() => (hasEnded = true));
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match[1] ?? match[0];
      if (hasEnded || performance.now() - start > SAYS_MS) {
        const what = hasEnded ? 'it ended before it said' : 'in a minute it has not said';
        throw new Error(`${what} ${pattern}:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** SIGSTOP to it and all its children: nothing of it moves, and the kernel keeps its connections open. */
  freeze() {
    // the parent first, so that it makes no more children meanwhile
    this.signal('SIGSTOP');
    for (const pid of descendantsOf(this.pid)) signal(pid, 'SIGSTOP');
  }

  /** Undoes `freeze()`. */
  thaw() {
    for (const pid of descendantsOf(this.pid)) signal(pid, 'SIGCONT');
    this.signal('SIGCONT');
  }

  async kill() {
    for (const pid of descendantsOf(this.pid)) signal(pid, 'SIGKILL');
    this.signal('SIGKILL');
    await this.exit;
  }

  /** Asks it to end, and makes it after a while. */
  async stop(name = 'SIGTERM') {
    this.thaw();
    this.signal(name);
    const late = setTimeout(() => void this.kill(), END_MS);
    await this.exit;
    clearTimeout(late);
  }
}

/** A directory that is gone when the drill is over. */
export function ownDirectory(drill, account) {
  const directory = mkdtempSync(join(tmpdir(), 'aerie-drill-'));
  if (account) chownSync(directory, account.uid, account.gid);
  drill.endWith(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A port of 127.0.0.1 that nobody has at the moment. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Lets a process, and what it starts from now on, run on one processor only (taskset, Linux). False
 * where that cannot be said, or there is no such processor.
 */
export function pin(pid, processor) {
  const { status } = spawnSync('taskset', ['-a', '-c', '-p', String(processor), String(pid)]);
  return status === 0;
}

/** Where the program is: on PATH or in one of the directories; undefined when it is not here. */
export function findProgram(name, directories = []) {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  return [...onPath, ...directories]
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}

/**
 * For programs that refuse to be root: an account without rights, when we are root.
 *
 * @param {string[]} names in order of preference
 * @returns {{ uid: number, gid: number } | undefined}
 */
export function accountWithoutRights(names) {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of names) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

function signal(pid, name) {
  try {
    if (pid > 0) process.kill(pid, name);
  } catch {
    // it ended meanwhile
  }
}

/** By proc(5): the second number after the name in parentheses is the parent. */
function descendantsOf(pid) {
  const children = new Map();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(entry);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found = [];
  for (let next = [pid]; next.length > 0;) {
    next = next.flatMap((one) => children.get(one) ?? []);
    found.push(...next);
  }
  return found;
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(
      stat
        .slice(stat.lastIndexOf(')') + 1)
        .trim()
        .split(' ')[1],
    );
  } catch {
    return -1;
  }
}
