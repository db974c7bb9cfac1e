import { Client } from 'pg';
import { oneTableLocked } from './one-table.mjs';
import { Standby } from './standby.mjs';

const SLOW_MS = 2_000;
const RESET_PAUSE_MS = 150;
const CUT_ALL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'aerie'`;

export const STATES = [
  'refused',
  'reset',
  'vanished',
  'slow',
  'locked',
  'frozen',
  'too many connections',
  'read-only',
  'disk full',
  'restarted',
  'login refused',
  'one table locked',
  'failover',
];

/**
 * The ways in which a database fails. Each: `breaks()`, `mends()`, whether the breaker is to open
 * (`opensBreaker`), and whether what only reads goes on (`stillReads`) or what needs other tables
 * (`isPartial`). What takes a server of our own or the rights to mount a disk is left out, with a note,
 * where there is none.
 */
export function statesOf(drill, setting) {
  const { proxy, server, tablespace } = setting;
  const states = [refused(proxy), reset(proxy), vanished(proxy), slow(proxy), locked(setting)];
  if (!server) {
    drill.note(
      'left out, for they take a server of the drill’s own: frozen, too many connections, read-only, disk full, restarted, login refused, failover',
    );
    return [...states, oneTableLocked(setting)];
  }
  states.push(frozen(server), tooMany(server), readOnly(server));
  if (tablespace) states.push(full(tablespace));
  else drill.note('left out, for it takes the rights to mount a tmpfs: disk full');
  states.push(restarted(server), loginRefused(server), oneTableLocked(setting));
  states.push(failover(drill, setting)); // the last, for it ends on another server
  return states;
}

/** The port is closed. */
const refused = (proxy) => ({
  name: 'refused',
  opensBreaker: true,
  breaks: () => proxy.refuse(),
  mends: () => proxy.pass(),
});

/** Connections are made, and reset in the middle of queries. */
function reset(proxy) {
  let timer;
  return {
    name: 'reset',
    breaks() {
      timer = setInterval(() => proxy.cut(), RESET_PAUSE_MS);
    },
    mends: () => clearInterval(timer),
  };
}

/** A black hole, then a line that is open on one side only: nobody is ever told that the other is gone. */
const vanished = (proxy) => ({
  name: 'vanished',
  opensBreaker: true,
  breaks: () => proxy.swallow(),
  mends: () => proxy.pass(),
});

/** Each answer comes two seconds late. */
const slow = (proxy) => ({
  name: 'slow',
  breaks: () => proxy.slow(SLOW_MS),
  mends: () => proxy.pass(),
});

/** It lives and answers pings, but every query on its main tables waits for somebody's lock. */
function locked({ observed }) {
  let holder;
  return {
    name: 'locked',
    async breaks() {
      holder = new Client({ connectionString: observed.href });
      await holder.connect();
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE users, sessions IN ACCESS EXCLUSIVE MODE');
    },
    mends: () => holder.end(),
  };
}

/** All of its processes are stopped: connections open, nothing answers. */
const frozen = ({ process }) => ({
  name: 'frozen',
  opensBreaker: true,
  breaks: () => process.freeze(),
  mends: () => process.thaw(),
});

/** 53300: others have taken every connection that ours may have. */
const tooMany = (server) => ({
  name: 'too many connections',
  opensBreaker: true,
  breaks: () => server.administer(['ALTER ROLE aerie CONNECTION LIMIT 0', CUT_ALL]),
  mends: () => server.administer(['ALTER ROLE aerie CONNECTION LIMIT -1']),
});

/** 28000: its role may not sign in any more, as after a slip of whoever administers it. */
const loginRefused = (server) => ({
  name: 'login refused',
  opensBreaker: true,
  breaks: () => server.administer(['ALTER ROLE aerie NOLOGIN', CUT_ALL]),
  mends: () => server.administer(['ALTER ROLE aerie LOGIN']),
});

/** 25006: as after a failover that left the connections on what is a replica now. */
const readOnly = (server) => ({
  name: 'read-only',
  stillReads: true,
  breaks: () => setReadOnly(server, 'on'),
  mends: () => setReadOnly(server, 'off'),
});

function setReadOnly(server, value) {
  return server.administer([
    `ALTER SYSTEM SET default_transaction_read_only = ${value}`,
    'SELECT pg_reload_conf()',
  ]);
}

/** 53100: no table can grow. */
const full = (tablespace) => ({
  name: 'disk full',
  stillReads: true,
  breaks: () => tablespace.fill(),
  mends: () => tablespace.empty(),
});

/** Killed, and started again on the same data. */
const restarted = (server) => ({
  name: 'restarted',
  opensBreaker: true,
  breaks: () => server.crash(),
  mends: () => server.start(),
});

/** The server vanishes; its replica takes over, at another address behind the same name. */
function failover(drill, { proxy, server, observed }) {
  let standby;
  return {
    name: 'failover',
    opensBreaker: true,
    async prepares() {
      standby = await Standby.of(drill, server);
    },
    async breaks() {
      proxy.swallow();
      await server.crash();
    },
    async mends() {
      await standby.promote();
      proxy.lead(standby.url);
      await proxy.pass();
    },
    get observes() {
      const url = new URL(observed);
      url.port = standby.url.port;
      return url;
    },
  };
}
