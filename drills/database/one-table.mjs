import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { ask } from '../kit/load.mjs';
import { POOL } from './setting.mjs';

const PAUSE_MS = 200;
/** Until every connection could be waiting for the lock, and until the first of them are given up (5 s). */
const LONG_ENOUGH_MS = 7_000;
const NEEDING = 'needs the locked table';
/** Of the service beside its pool: migrations, and what listens. */
const OWN_SESSIONS = 4;
export const MOST_BACKENDS = POOL + OWN_SESSIONS;

export const needsTable = ({ kind }) => kind === NEEDING;

/**
 * Somebody holds one table that half of the requests need. They wait to no end and must not take the
 * connections of the others with them: `isPartial`.
 */
export function oneTableLocked({ observed, accounts, url }) {
  const steadiness = new Steadiness(observed, url);
  let holder;
  return {
    name: 'one table locked',
    isPartial: true,
    leastMs: LONG_ENOUGH_MS,
    /** What is sent in place of the usual mix. */
    asks(number) {
      if (number % 2 === 0) return undefined;
      const { token } = accounts[number % accounts.length];
      const headers = { authorization: `Bearer ${token}` };
      return { kind: NEEDING, path: '/v1/auth/api-keys', headers };
    },
    async breaks() {
      holder = await ourSession(observed);
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
      await steadiness.start();
    },
    async mends() {
      await steadiness.stop();
      await holder.end();
    },
    get seen() {
      return steadiness;
    },
  };
}

/** What is to be as ever: readiness, and how many processes the server has for the service. */
class Steadiness {
  /** What readiness was instead of 200. */
  unready = [];
  mostBackends = 0;
  #observed;
  #url;
  #session;
  #isEnding = false;
  #running;

  constructor(observed, url) {
    this.#observed = observed;
    this.#url = url;
  }

  async start() {
    this.#session = await ourSession(this.#observed);
    this.#running = this.#run();
  }

  async stop() {
    this.#isEnding = true;
    await this.#running;
    await this.#session.end();
  }

  async #run() {
    while (!this.#isEnding) {
      const { status, problem } = await ask(this.#url, { path: '/health/ready' });
      if (status !== 200) this.unready.push(`${status} ${problem}`);
      const { rows } = await this.#session.query(
        `SELECT count(*)::int AS backends FROM pg_stat_activity WHERE usename = current_user
            AND datname = current_database() AND application_name <> '${OURS}'`,
      );
      this.mostBackends = Math.max(this.mostBackends, rows[0].backends);
      await delay(PAUSE_MS);
    }
  }
}

const OURS = 'drill';

/** Of the service's role, and yet not taken for one of its sessions. */
async function ourSession(observed) {
  const session = new Client({ connectionString: observed.href, application_name: OURS });
  session.on('error', () => undefined);
  await session.connect();
  return session;
}
