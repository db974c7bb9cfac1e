import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { CannotRun } from './drill.mjs';
import {
  accountWithoutRights,
  findProgram,
  freePort,
  ownDirectory,
  OwnProcess,
  runToEnd,
} from './own-process.mjs';

const LIBRARY = '/usr/lib/postgresql'; // where Debian keeps each version
const CONNECTIONS = 60;

/** A PostgreSQL of the drill's own, from the binaries of this machine, on a free port of 127.0.0.1. */
export class PostgresServer {
  /** @type {OwnProcess} once it is started */
  process;
  constructor(directory, port, account) {
    this.directory = directory;
    this.port = port;
    this.account = account;
  }

  /** Makes a cluster, starts it, and ends it with the drill. Throws `CannotRun` where there are no binaries. */
  static async start(drill) {
    const initdb = postgresProgram('initdb');
    const account = accountWithoutRights(['postgres', 'nobody']);
    const directory = join(ownDirectory(drill, account), 'data');
    await runToEnd(
      drill,
      initdb,
      ['-D', directory, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
      { account },
    );
    const server = new PostgresServer(directory, await freePort(), account);
    drill.endWith(() => server.process?.stop('SIGINT'));
    await server.start();
    return server;
  }

  /** Starts it (again) on the same data and port, and waits until it takes connections. */
  async start() {
    this.process = new OwnProcess(
      postgresProgram('postgres'),
      // without fsync: the drill kills processes, not the machine
      ['-D', this.directory, '-p', String(this.port), '-h', '127.0.0.1', '-F', ...SETTINGS],
      { account: this.account },
    );
    await this.process.said(/database system is ready to accept (read-only )?connections/);
  }

  /** As when the machine under it goes: no goodbye to anybody. */
  async crash() {
    await this.process.kill();
  }

  /** The address of a database on it, as a role. */
  url(database, role = 'postgres') {
    return new URL(`postgres://${role}@127.0.0.1:${this.port}/${database}`);
  }

  /** Runs statements one after the other as superuser, each on its own. */
  async administer(statements, database = 'postgres') {
    return runOn(this.url(database), statements);
  }
}

/** Runs the statements in a session of their own, and returns the rows of the last. */
export async function runOn(url, statements) {
  const client = new Client({ connectionString: url.href });
  client.on('error', () => undefined);
  await client.connect();
  try {
    let rows = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

const SETTINGS = [
  `max_connections=${CONNECTIONS}`,
  'unix_socket_directories=',
  'log_min_messages=log',
  'log_min_error_statement=panic',
].flatMap((setting) => ['-c', setting]);

/** Where one of PostgreSQL's programs is. Throws `CannotRun` when it is not here. */
export function postgresProgram(name) {
  const path = findProgram(name, versions());
  if (path) return path;
  throw new CannotRun(
    `There is no ${name} of PostgreSQL on this machine, on PATH or in ${LIBRARY}. Install it, or give --database-url.`,
  );
}

/** The newest first. */
function versions() {
  try {
    return readdirSync(LIBRARY)
      .toSorted((one, other) => Number(other) - Number(one))
      .map((version) => join(LIBRARY, version, 'bin'));
  } catch {
    return [];
  }
}
