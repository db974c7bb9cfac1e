import { CannotRun } from './drill.mjs';
import { findProgram, freePort, ownDirectory, OwnProcess } from './own-process.mjs';

/** A Redis of the drill's own, on a free port of 127.0.0.1, that keeps nothing. */
export class RedisServer {
  /** @type {OwnProcess} */
  process;
  constructor(program, directory, port) {
    this.program = program;
    this.directory = directory;
    this.port = port;
  }

  /** Starts it and ends it with the drill. Throws `CannotRun` where there is none. */
  static async start(drill) {
    const program = findProgram('redis-server');
    if (!program) {
      throw new CannotRun('There is no redis-server on PATH. Install Redis, or give --redis-url.');
    }
    const server = new RedisServer(program, ownDirectory(drill), await freePort());
    drill.endWith(() => server.process?.stop());
    await server.start();
    return server;
  }

  /** Starts it (again), empty, on the same port. */
  async start() {
    const settings = {
      port: String(this.port),
      bind: '127.0.0.1',
      dir: this.directory,
      save: '',
      appendonly: 'no',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    this.process = new OwnProcess(this.program, args);
    await this.process.said(/Ready to accept connections/);
  }

  /** As when the machine under it goes. */
  async crash() {
    await this.process.kill();
  }

  get url() {
    return new URL(`redis://127.0.0.1:${this.port}`);
  }
}
