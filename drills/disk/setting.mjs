import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signIn } from '../kit/accounts.mjs';
import { CannotRun } from '../kit/drill.mjs';
import { ask } from '../kit/load.mjs';
import { ownDirectory } from '../kit/own-process.mjs';
import { PostgresServer, runOn } from '../kit/postgres-server.mjs';
import { Service } from '../kit/service.mjs';
import { SmallDisk } from '../kit/small-disk.mjs';

const PASSWORD = 'correct horse battery staple';
const PAUSE_MS = 100;
const PATIENCE_MS = 30_000;
/** The least that is a PNG to whoever looks at its beginning. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** What the drill plays on: a service with its logs and its data on small disks, and its database on neither. */
export class DiskSetting {
  server;
  logDisk;
  dataDisk;
  database;
  service;
  url;
  #token;
  #begun = 0;

  static async make(drill) {
    const setting = new DiskSetting();
    setting.logDisk = SmallDisk.mount(drill, '16m');
    setting.dataDisk = SmallDisk.mount(drill, '16m');
    if (!setting.logDisk || !setting.dataDisk) {
      throw new CannotRun('No tmpfs can be mounted here: that takes the rights of root.');
    }
    setting.server = await PostgresServer.start(drill);
    await setting.server.administer([
      'CREATE ROLE aerie LOGIN',
      'CREATE DATABASE aerie OWNER aerie',
    ]);
    setting.database = setting.server.url('aerie', 'aerie');
    await setting.start(drill, {
      DATABASE_URL: setting.database.href,
      LOG_DIR: setting.logDisk.directory,
    });
    return setting;
  }

  async start(drill, environment) {
    this.service = Service.start(drill, {
      LOG_LEVEL: 'info',
      DATA_DIR: this.dataDisk.directory,
      ...environment,
    });
    this.url = await this.service.address();
    this.#token = await signIn(this.url);
  }

  /** What the service answers its administrator. */
  async told(path) {
    const headers = { authorization: `Bearer ${this.#token}` };
    return (await ask(this.url, { path, headers })).body;
  }

  /** Reads, registrations, and sign-ins that fail, each of which is to leave its entry in the trail. */
  next(number) {
    this.#begun++;
    const id = `disk-${this.#begun}@example.com`;
    const body = { email: id, password: PASSWORD };
    const authorised = { authorization: `Bearer ${this.#token}` };
    if (number % 5 === 0) {
      return { kind: 'register', id, method: 'POST', path: '/v1/auth/register', body };
    }
    if (number % 10 === 1) {
      const headers = { 'x-request-id': `disk-${this.#begun}` };
      return { kind: 'failed sign-in', id, method: 'POST', path: '/v1/auth/login', headers, body };
    }
    return { kind: 'read', path: '/v1/users/me', headers: authorised };
  }

  /** The status with which a picture is taken, or not. */
  async upload() {
    const { status } = await fetch(new URL('/v1/users/me/picture', this.url), {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'image/png' },
      body: PICTURE,
    });
    return status;
  }

  async health() {
    return (await ask(this.url, { path: '/health' })).body;
  }

  /** Once it is as it should be, or when that has been waited for long enough. */
  async healthOnceIt(isRight) {
    const start = performance.now();
    for (;;) {
      const health = await this.health();
      if (isRight(health) || performance.now() - start > PATIENCE_MS) return health;
      await delay(PAUSE_MS);
    }
  }

  /** Whether the trail is whole: asked for after everything, it brings in what waits in the journal. */
  async verdict() {
    const headers = { authorization: `Bearer ${this.#token}` };
    const { status, body } = await ask(this.url, { path: '/v1/audit/verify', headers });
    return { verdict: status === 200 ? body : { status } };
  }

  /** Which of what was acknowledged left no trace, and which left more than one. */
  async account(records) {
    await this.verdict();
    const traces = await runOn(this.database, [
      `SELECT u.email AS id, count(*)::int AS times
         FROM users u LEFT JOIN audit_logs a ON a.subject = u.id::text AND a.action = 'user.registered'
        WHERE u.email LIKE 'disk-%' GROUP BY u.email
        UNION ALL
       SELECT request_id || '@example.com', count(*)::int FROM audit_logs
        WHERE request_id LIKE 'disk-%' AND action = 'auth.login_failed' GROUP BY request_id`,
    ]);
    const times = new Map(traces.map((trace) => [trace.id, trace.times]));
    const acknowledged = records.filter(
      ({ id, status }) => id && (status === 202 || status === 401),
    );
    return {
      lost: acknowledged.filter(({ id }) => !times.has(id)).map(({ id }) => id),
      doubled: acknowledged.filter(({ id }) => times.get(id) > 1).map(({ id }) => id),
    };
  }

  /** How many requests more were answered than have a line in the files, by the number of dropped lines that the service owns up to. */
  async unlogged(drill, records) {
    this.service.signal('SIGTERM');
    await this.service.exit;
    const folder = this.logDisk.directory;
    const files = readdirSync(folder).filter((name) => name.startsWith('http'));
    const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
    const written = lines.filter((line) => /"msg":"(slow )?request"/.test(line)).length;
    const dropped = [...this.service.output.matchAll(/"dropped":(\d+)/g)];
    const owned = dropped.reduce((sum, [, count]) => sum + Number(count), 0);
    if (owned > 0) drill.note(`${owned} lines did not wait for the disk, and the log says so`);
    return Math.max(0, records.length - written - owned);
  }
}

/** The same with the embedded database, which is on the disk that is filled up. */
export class EmbeddedDiskSetting extends DiskSetting {
  static async make(drill) {
    const setting = new EmbeddedDiskSetting();
    setting.dataDisk = SmallDisk.mount(drill, '192m');
    await setting.start(drill, { DATABASE_URL: 'embedded', LOG_DIR: ownDirectory(drill) });
    return setting;
  }

  /** By what the service itself finds: nobody else may open its database. */
  async account(records) {
    await this.verdict();
    const acknowledged = records.filter(
      ({ id, status }) => id && (status === 202 || status === 401),
    );
    const times = new Map();
    for (const { kind, id } of acknowledged) {
      const path =
        kind === 'register'
          ? `/v1/users?email=${id}`
          : `/v1/audit?action=auth.login_failed&requestId=${id.split('@')[0]}`;
      times.set(id, (await this.told(path)).items.length);
    }
    const withTimes = (isWrong) => acknowledged.filter(({ id }) => isWrong(times.get(id)));
    return {
      lost: withTimes((count) => count === 0).map(({ id }) => id),
      doubled: withTimes((count) => count > 1).map(({ id }) => id),
    };
  }
}
