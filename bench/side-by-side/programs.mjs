// Starts the compared programs, each a process of its own with its log in a file, and asks them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { START_OPTIONS } from '../../scripts/start-arguments.mjs';

/** Linux counts the time of processes in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** To profile what is compared: BENCH_NODE_ARGS='--cpu-prof --cpu-prof-dir=profiles'. */
const NODE_ARGS = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean);

/** The service, which is started as `npm start` does. */
export const AERIE = './aerie.mjs';

export class Program {
  constructor(name, child, facts) {
    Object.assign(this, { name, child, facts });
  }

  /** Resolves when the program says that it is up. Throws with the end of its log when it is not. */
  static async start(name, file, directory, environment = {}) {
    const logFile = join(directory, `${name.replaceAll(/\W+/g, '-')}.log`);
    const output = openSync(logFile, 'w');
    const options = file === AERIE ? START_OPTIONS : []; // the others as node comes
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment },
      execArgv: [...options, ...NODE_ARGS],
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    const [facts] = await Promise.race([once(child, 'message'), once(child, 'close')]);
    if (typeof facts === 'object' && facts !== null) return new Program(name, child, facts);
    throw new Error(`${name} did not start:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`);
  }

  /** How many calls it makes in that time, of what it measures by itself. */
  async measure(seconds) {
    this.child.send({ seconds });
    const [{ error, ...sample }] = await once(this.child, 'message');
    if (error) throw new Error(`${this.name}: ${error}`);
    return sample;
  }

  /** From now on it does without that stage; '' for none. */
  async leaveOut(stage) {
    this.child.send({ stage });
    await once(this.child, 'message');
  }

  /** Seconds that the processor has worked for it so far, all threads; NaN but on Linux. */
  cpuSeconds() {
    try {
      const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND; // utime, stime: proc(5)
    } catch {
      return NaN;
    }
  }

  pssMegabytes() {
    return pssMegabytes(this.child.pid);
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit'); // 'close' never comes after disconnect()
    this.child.disconnect(); // upon which it ends
    await ended;
  }
}

/** The process's share of the memory of the machine: proc(5), smaps_rollup. NaN but on Linux. */
export function pssMegabytes(pid) {
  try {
    const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(
      readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'),
    );
    return Number(kilobytes) / 1_024;
  } catch {
    return NaN;
  }
}
