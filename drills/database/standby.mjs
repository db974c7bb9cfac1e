import { join } from 'node:path';
import { PostgresServer, postgresProgram } from '../kit/postgres-server.mjs';
import { freePort, ownDirectory, runToEnd } from '../kit/own-process.mjs';

/** A synchronous replica: what was acknowledged is on it too. */
export class Standby {
  #server;

  constructor(server) {
    this.#server = server;
  }

  static async of(drill, primary) {
    const { account } = primary;
    const directory = join(ownDirectory(drill, account), 'data');
    const tablespaces = await primary.administer([
      `SELECT pg_tablespace_location(oid) AS at FROM pg_tablespace WHERE pg_tablespace_location(oid) <> ''`,
    ]);
    const moved = tablespaces.map(({ at }) => ['-T', `${at}=${join(directory, '..', 'tables')}`]);
    await runToEnd(
      drill,
      postgresProgram('pg_basebackup'),
      ['-D', directory, '-d', primary.url('postgres').href, '-R', '-c', 'fast', ...moved.flat()],
      { account },
    );
    const server = new PostgresServer(directory, await freePort(), account);
    drill.endWith(() => server.process?.stop('SIGINT'));
    await server.start();
    await primary.administer([
      `ALTER SYSTEM SET synchronous_standby_names = '*'`,
      'SELECT pg_reload_conf()',
    ]);
    return new Standby(server);
  }

  get url() {
    return this.#server.url('postgres');
  }

  async promote() {
    await this.#server.administer(['SELECT pg_promote()']);
  }
}
