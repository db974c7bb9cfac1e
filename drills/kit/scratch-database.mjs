import { randomBytes } from 'node:crypto';
import { PostgresServer, runOn } from './postgres-server.mjs';

/**
 * The address of an empty database: on a server of the drill's own, or for the time being on the one
 * given. `onStart` is told the pid of a server of its own.
 */
export async function scratchDatabase(drill, onStart = (_pid) => undefined) {
  const { databaseUrl } = drill.options;
  if (databaseUrl) return databaseOnGiven(drill, new URL(databaseUrl));
  const server = await PostgresServer.start(drill);
  onStart(server.process.pid);
  await server.administer(['CREATE ROLE aerie LOGIN', 'CREATE DATABASE aerie OWNER aerie']);
  return server.url('aerie', 'aerie');
}

/** A database on somebody's server, dropped when the drill is over. */
export async function databaseOnGiven(drill, address) {
  const name = `aerie_drill_${randomBytes(6).toString('hex')}`;
  drill.endWith(() => runOn(address, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]));
  await runOn(address, [`CREATE DATABASE ${name}`]);
  const url = new URL(address);
  url.pathname = `/${name}`;
  return url;
}
