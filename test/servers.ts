import { connect } from 'node:net';

const PROBE_MS = 1_000;

/** Where the tests' PostgreSQL is; its databases are made and dropped by the tests. */
export const postgresUrl =
  process.env['TEST_DATABASE_URL'] || 'postgres://postgres@127.0.0.1:5432/postgres';

export const redisUrl = process.env['TEST_REDIS_URL'] || 'redis://127.0.0.1:6379';

/** Whether something listens where the URL says. */
export function answers(url: string): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1'); // an IPv6 address has its brackets in a URL only
  const usual = protocol.startsWith('redis') ? 6379 : 5432;
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) || usual, timeout: PROBE_MS });
    const settle = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
