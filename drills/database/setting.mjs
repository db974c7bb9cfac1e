import { randomBytes } from 'node:crypto';
import { ask } from '../kit/load.mjs';
import { PostgresServer, runOn } from '../kit/postgres-server.mjs';
import { Service } from '../kit/service.mjs';
import { TcpProxy } from '../kit/tcp-proxy.mjs';
import { Tablespace } from './tablespace.mjs';

const ACCOUNTS = 20;
export const PASSWORD = 'correct horse battery staple';

/**
 * What the drill plays on: a service, a proxy before its database, and the database: on a server of
 * the drill's own, or in one made for the time being on the server given.
 */
export class DatabaseSetting {
  /** @type {PostgresServer | undefined} */
  server;
  /** @type {Tablespace | undefined} on a disk of its own, to be filled up */
  tablespace;
  /** Where the database is without the proxy. */
  observed;
  proxy;
  /** Of the service. */
  url;
  /** Accounts that exist, each with an access token. */
  accounts = [];

  static async make(drill, deadlineMs) {
    const setting = new DatabaseSetting();
    await (drill.options.databaseUrl
      ? setting.#useGiven(drill, new URL(drill.options.databaseUrl))
      : setting.#startOwn(drill));
    setting.proxy = await TcpProxy.to(setting.observed);
    drill.endWith(() => setting.proxy.close());
    const service = Service.start(drill, {
      DATABASE_URL: setting.proxy.url(setting.observed),
      REQUEST_DEADLINE_MS: String(deadlineMs),
    });
    setting.service = service;
    setting.url = await service.address();
    await setting.#makeAccounts();
    return setting;
  }

  async #startOwn(drill) {
    this.server = await PostgresServer.start(drill);
    this.tablespace = await Tablespace.mount(drill, this.server);
    const where = this.tablespace ? ` TABLESPACE ${this.tablespace.name}` : '';
    await this.server.administer([
      'CREATE ROLE aerie LOGIN', // not a superuser: limits are to hold for it
      ...(this.tablespace ? [this.tablespace.creation] : []),
      `CREATE DATABASE aerie OWNER aerie${where}`,
    ]);
    this.observed = this.server.url('aerie', 'aerie');
  }

  async #useGiven(drill, address) {
    const name = `aerie_drill_${randomBytes(6).toString('hex')}`;
    await runOn(address, [`CREATE DATABASE ${name}`]);
    drill.endWith(() => runOn(address, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]));
    this.observed = new URL(address);
    this.observed.pathname = `/${name}`;
  }

  async #makeAccounts() {
    for (let number = 0; number < ACCOUNTS; number++) {
      const credentials = { email: `account-${number}@example.com`, password: PASSWORD };
      await this.#post('/v1/auth/register', credentials, 202);
      const { accessToken } = await this.#post('/v1/auth/login', credentials, 200);
      this.accounts.push({ ...credentials, token: accessToken });
    }
  }

  async #post(path, body, expected) {
    const answer = await ask(this.url, { method: 'POST', path, body });
    if (answer.status === expected) return answer.body;
    throw new Error(`${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
}
