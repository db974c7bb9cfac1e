import { existsSync } from 'node:fs';
import { MAIN, START_OPTIONS } from '../../scripts/start-arguments.mjs';
import { CannotRun } from './drill.mjs';
import { ownDirectory, OwnProcess } from './own-process.mjs';

/** Of the administrator whom every service here has. */
export const ADMINISTRATOR = {
  email: 'admin@localhost.test',
  password: 'administrator of the tests',
};

/** Limits that nobody runs into, however slow the machine, and hashes that are quick: neither is what is tried here. */
const ENVIRONMENT = {
  PORT: '0',
  ADMIN_PASSWORD: ADMINISTRATOR.password,
  PASSWORD_HASH_MEMORY_KIB: '8192',
  SHUTDOWN_GRACE_MS: '300',
  RATE_LIMIT_AUTH: '100000/15m',
  RATE_LIMIT_LOGIN: '100000/15m',
  RATE_LIMIT_API: '100000/15m',
  RATE_LIMIT_ADMIN: '100000/15m',
  SLOWDOWN_AFTER: '100000',
  REQUEST_DEADLINE_MS: '120000',
};

/** The built service in a process of its own, as an operator runs it. */
export class Service extends OwnProcess {
  constructor(environment) {
    super(process.execPath, [...START_OPTIONS, MAIN], {
      env: { PATH: process.env['PATH'], ...ENVIRONMENT, ...environment },
    });
  }

  /** Starts it in a directory of its own and ends it with the drill; `environment` has the last word. */
  static start(drill, environment) {
    if (!existsSync(MAIN)) {
      throw new CannotRun('dist/service/main.js is missing: run npm run build first.');
    }
    const service = new Service({
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      DATA_DIR: ownDirectory(drill),
      ...environment,
    });
    drill.endWith(() => service.kill());
    return service;
  }

  /** Resolves with its address when it says that it is ready; throws its output when it ends instead. */
  async address() {
    const line = await this.said(
      /is ready \([\s\S]*?address\s+http\S+|"address":"http[^\n]*"msg":"ready"/,
    );
    return /http:[^\s"]+/.exec(line)?.[0] ?? '';
  }
}
