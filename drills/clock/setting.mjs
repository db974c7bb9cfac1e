import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signIn } from '../kit/accounts.mjs';
import { ask } from '../kit/load.mjs';
import { ownDirectory } from '../kit/own-process.mjs';
import { runOn } from '../kit/postgres-server.mjs';
import { scratchDatabase } from '../kit/scratch-database.mjs';
import { ADMINISTRATOR, Service } from '../kit/service.mjs';

const PRELOAD = new URL('preload.mjs', import.meta.url).href;
/** Of an address in fifteen minutes. */
const LIMIT = 20;
const WRONG_GUESSES = 8;

/** What the drill plays on: a service whose clock can be set, and its database, whose clock is right. */
export class ClockSetting {
  database;
  url;
  #file;
  #service;
  #addresses = 0;
  #shifts = 0;

  static async make(drill) {
    const setting = new ClockSetting();
    const directory = ownDirectory(drill);
    setting.#file = join(directory, 'clock');
    setting.database = await scratchDatabase(drill);
    setting.#service = Service.start(drill, {
      DATABASE_URL: setting.database.href,
      NODE_OPTIONS: `--import ${PRELOAD}`,
      DRILL_CLOCK: setting.#file,
      TRUST_PROXY: '127.0.0.1', // each client of the drill says its own address
      SIGN_IN_DELAY_AFTER: '3',
      RATE_LIMIT_API: `${LIMIT}/15m`,
    });
    setting.url = await setting.#service.address();
    return setting;
  }

  /** Sets the service's clock so many milliseconds off, and waits until it is. */
  async set(shiftMs) {
    writeFileSync(this.#file, String(shiftMs));
    const times = ++this.#shifts;
    this.#service.signal('SIGUSR2');
    await this.#service.said(new RegExp(`(?:the clock is -?\\d+ ms off[\\s\\S]*?){${times}}`));
  }

  /** As asked by a client that nobody has seen before. */
  call(what) {
    const number = ++this.#addresses;
    const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
    return { ...what, headers: { 'x-forwarded-for': address, ...what.headers } };
  }

  ask(what) {
    return ask(this.url, this.call(what));
  }

  /** A new session: its tokens. */
  async signIn() {
    const what = { method: 'POST', path: '/v1/auth/login', body: ADMINISTRATOR };
    const { status, body } = await this.ask(what);
    return { status, accessToken: body.accessToken, refreshToken: body.refreshToken };
  }

  me(accessToken) {
    return { path: '/v1/users/me', headers: { authorization: `Bearer ${accessToken}` } };
  }

  /** As a client does that keeps its user signed in: the status of its call, after a refresh when it needs one. */
  async callAsClientsDo(tokens) {
    const { status } = await this.ask(this.me(tokens.accessToken));
    if (status !== 401) return { status, refreshed: false };
    const body = { refreshToken: tokens.refreshToken };
    const fresh = await this.ask({ method: 'POST', path: '/v1/auth/refresh', body });
    if (fresh.status !== 200) return { status: fresh.status, refreshed: true };
    Object.assign(tokens, fresh.body);
    const again = await this.ask(this.me(tokens.accessToken));
    return { status: again.status, refreshed: true };
  }

  /** A client that has used up what it may. */
  async exhausted() {
    const { headers } = this.call({});
    const client = { path: '/v1/users/me', headers };
    for (let i = 0; i <= LIMIT; i++) await ask(this.url, client);
    return () => ask(this.url, client);
  }

  /** A client that guessed at a password until its next guess has to wait. */
  async guessedAt(email) {
    const body = { email, password: 'a guess that is wrong' };
    const guess = this.call({ method: 'POST', path: '/v1/auth/login', body });
    for (let i = 0; i < WRONG_GUESSES; i++) await ask(this.url, guess);
    return () => ask(this.url, guess);
  }

  async verdict() {
    const token = await signIn(this.url);
    const { status, body } = await this.ask({ ...this.me(token), path: '/v1/audit/verify' });
    return status === 200 ? body : { valid: false, status };
  }

  /** How many jobs there are, done or not. */
  async jobs() {
    const [{ count }] = await runOn(this.database, ['SELECT count(*)::int FROM pgboss.job']);
    return count;
  }
}
