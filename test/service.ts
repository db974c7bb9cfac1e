import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import { ADMIN } from './app.js';
import { Api } from './api.js';
import { scratchDatabase, type ScratchDatabase } from './databases.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The built service in a process of its own, as an operator runs it. */
export class Service {
  output = '';
  readonly exit: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(environment: Record<string, string>) {
    this.child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        ADMIN_PASSWORD: ADMIN.password,
        PASSWORD_HASH_MEMORY_KIB: '8192',
        SHUTDOWN_GRACE_MS: '300',
        RATE_LIMIT_AUTH: '100000/15m',
        RATE_LIMIT_LOGIN: '100000/15m',
        RATE_LIMIT_API: '100000/15m',
        RATE_LIMIT_ADMIN: '100000/15m',
        SLOWDOWN_AFTER: '100000',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exit = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Resolves when the service says that it is ready; throws its output when it ends instead. */
  async ready(): Promise<Api> {
    const line = await this.said(
      /is ready \([\s\S]*?address\s+http\S+|"address":"http[^\n]*"msg":"ready"/,
    );
    return new Api(/http:[^\s"]+/.exec(line)![0]);
  }

  /** Waits until the output matches, and returns the first group. */
  async said(pattern: RegExp): Promise<string> {
    let hasEnded = false;
    void this.exit.then(() => (hasEnded = true));
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match[1] ?? match[0];
      if (hasEnded) throw new Error(`the service ended:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  get pid(): number {
    return this.child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exit;
  }
}

/** Gives each test of a file a database of its own; whatever it starts on it is ended with it. */
export class Services {
  database: ScratchDatabase;
  private readonly started: Service[] = [];

  constructor() {
    beforeEach(async () => {
      this.database = await scratchDatabase();
    });
    afterEach(async () => {
      await Promise.all(this.started.splice(0).map((service) => service.kill()));
      await this.database.drop();
    });
  }

  start(environment: Record<string, string> = {}): Service {
    const service = new Service({ ...this.database.environment, ...environment });
    this.started.push(service);
    return service;
  }
}
