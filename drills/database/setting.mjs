import { makeAccounts } from '../kit/accounts.mjs';
import { PostgresServer } from '../kit/postgres-server.mjs';
import { databaseOnGiven } from '../kit/scratch-database.mjs';
import { Service } from '../kit/service.mjs';
import { TcpProxy } from '../kit/tcp-proxy.mjs';
import { Tablespace } from './tablespace.mjs';

const ACCOUNTS = 20;
/** Connections of the service: as many as by default. */
export const POOL = 20;

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
    const { databaseUrl } = drill.options;
    if (databaseUrl) setting.observed = await databaseOnGiven(drill, new URL(databaseUrl));
    else await setting.#startOwn(drill);
    setting.proxy = await TcpProxy.to(setting.observed);
    drill.endWith(() => setting.proxy.close());
    const service = Service.start(drill, {
      DATABASE_URL: setting.proxy.url(setting.observed),
      DB_POOL_MAX: String(POOL),
      REQUEST_DEADLINE_MS: String(deadlineMs),
    });
    setting.service = service;
    setting.url = await service.address();
    setting.accounts = await makeAccounts(setting.url, ACCOUNTS);
    return setting;
  }

  async #startOwn(drill) {
    this.server = await PostgresServer.start(drill);
    this.tablespace = Tablespace.mount(drill, this.server);
    const where = this.tablespace ? ` TABLESPACE ${this.tablespace.name}` : '';
    await this.server.administer([
      'CREATE ROLE aerie LOGIN', // not a superuser: limits are to hold for it
      ...(this.tablespace ? [this.tablespace.creation] : []),
      `CREATE DATABASE aerie OWNER aerie${where}`,
    ]);
    this.observed = this.server.url('aerie', 'aerie');
  }
}
