import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { refuseWhenOver, undoAtTheLatest, undoWith } from './last-moment.mjs';
import { descendantsOf, signal } from './process-tree.mjs';

const END_MS = 5_000;
const SAYS_MS = 60_000;

/** A program that the drill started, and nobody else's. */
export class OwnProcess {
  output = '';
  /** @type {Promise<number | null>} the exit code, null after a signal */
  exit;
  #hasEnded = false;

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {{ env?: Record<string, string | undefined>, account?: { uid: number, gid: number } }} [options]
   */
  constructor(command, args, { env = process.env, account } = {}) {
    refuseWhenOver();
    this.child = spawn(command, args, { env, ...account, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (chunk) => (this.output += String(chunk)));
    }
    const forget = undoAtTheLatest(() => this.#killAll());
    this.exit = new Promise((resolve) => {
      const finish = (code) => {
        this.#hasEnded = true;
        forget();
        resolve(code);
      };
      this.child.once('error', (error) => {
        this.output += error.message;
        finish(null);
      });
      this.child.once('close', finish);
    });
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
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match[1] ?? match[0];
      if (this.#hasEnded || performance.now() - start > SAYS_MS) {
        const what = this.#hasEnded ? 'it ended before it said' : 'in a minute it has not said';
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
    this.#killAll();
    await this.exit;
  }

  #killAll() {
    if (this.#hasEnded || this.pid < 0) return; // its number may be somebody else's by now
    // as in freeze()
    this.signal('SIGSTOP');
    for (const pid of descendantsOf(this.pid)) signal(pid, 'SIGKILL');
    this.signal('SIGKILL');
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

/** Runs a program to its end, and ends it with the drill. Throws what it said when it fails. */
export async function runToEnd(drill, command, args, options) {
  const program = new OwnProcess(command, args, options);
  drill.endWith(() => program.kill());
  const exitCode = await program.exit;
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${program.output}`);
}

/** A directory that is gone when the drill is over. */
export function ownDirectory(drill, account) {
  refuseWhenOver();
  const directory = mkdtempSync(join(tmpdir(), 'aerie-drill-'));
  if (account) chownSync(directory, account.uid, account.gid);
  // who was killed just now may still be writing its last file
  const patiently = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 };
  undoWith(drill, () => rmSync(directory, patiently));
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
