import { setTimeout as delay } from 'node:timers/promises';
import { makeAccounts, signIn } from '../kit/accounts.mjs';
import { ask } from '../kit/load.mjs';
import { ownDirectory } from '../kit/own-process.mjs';
import { scratchDatabase } from '../kit/scratch-database.mjs';
import { Service } from '../kit/service.mjs';
import { GRACE_MS, LIMIT_MS } from './promises.mjs';

const ACCOUNTS = 5;
const PAUSE_MS = 20;

/** What the drill plays on: one database, and a service on it that is started again after each stop. */
export class ShutdownSetting {
  database;
  accounts = [];
  #drill;
  #environment;

  static async make(drill) {
    const setting = new ShutdownSetting();
    setting.#drill = drill;
    setting.database = await scratchDatabase(drill);
    setting.#environment = {
      DATABASE_URL: setting.database.href,
      DATA_DIR: ownDirectory(drill), // each with the keys of the one before
      LOG_LEVEL: 'info',
      SHUTDOWN_GRACE_MS: String(GRACE_MS),
      SHUTDOWN_TIMEOUT_MS: String(LIMIT_MS),
    };
    return setting;
  }

  /** A service that throws, or rejects, where nobody catches when it gets SIGUSR2, if asked for. */
  async start(throws) {
    const options = throws && { NODE_OPTIONS: `--import ${THROWING[throws]}` };
    const service = Service.start(this.#drill, { ...this.#environment, ...options });
    const url = await service.address();
    if (this.accounts.length === 0) this.accounts = await makeAccounts(url, ACCOUNTS);
    return { service, url, token: await signIn(url) };
  }

  /** When readiness was first seen to be false; undefined when it ends before. */
  async untilNotReady(url) {
    for (;;) {
      const { status } = await ask(url, { path: '/health/ready' });
      if (status === 503) return performance.now();
      if (status === 0) return undefined;
      await delay(PAUSE_MS);
    }
  }
}

const THROWING = {
  uncaughtException: onSignal(`setTimeout(() => { throw new Error('nobody catches this'); })`),
  unhandledRejection: onSignal(`void Promise.reject(new Error('nobody catches this'))`),
};

function onSignal(act) {
  return `data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${act}; });`)}`;
}
