import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '#platform/config/config';
import { Log } from '#platform/logging/log';
import { normaliseEmail } from '#platform/validation/email.decorators';
import { UsersService } from './users.service.js';

/** Where the output is read by a developer; elsewhere it is a log, and no place for a password. */
const SHOWS_PASSWORDS: ReadonlySet<string> = new Set(['development', 'test']);

const FILE = /^first-administrator-[\w-]+\.json$/;

/** A password that was made here and that nobody has seen yet. */
export interface UnseenPassword {
  /** Of the account that it opens. */
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Makes the first administrator. Its random password waits in a file that only the owner can read
 * until it has been shown: a process killed between the commit and the banner loses nothing. Of
 * several processes each has a file of its own, and only the account that was added counts.
 */
@Injectable()
export class FirstAdministrator {
  constructor(
    private readonly config: Config,
    private readonly users: UsersService,
    private readonly log: Log,
  ) {}

  /** Adds the administrator when there is none. Returns a password that has to be shown, if there is one. */
  async ensure(): Promise<UnseenPassword | null> {
    const { ADMIN_PASSWORD, NODE_ENV } = this.config;
    if (await this.users.hasAdministrator()) return this.unseen();

    const email = normaliseEmail(this.config.ADMIN_EMAIL);
    if (ADMIN_PASSWORD) {
      await this.add({ id: uuidv7(), email, password: ADMIN_PASSWORD });
      return null;
    }
    if (!SHOWS_PASSWORDS.has(NODE_ENV)) {
      this.log.warn('there is no administrator: set ADMIN_EMAIL and ADMIN_PASSWORD');
      return null;
    }
    const account = { id: uuidv7(), email, password: randomBytes(15).toString('base64url') };
    mkdirSync(this.config.DATA_DIR, { recursive: true });
    writeFileSync(this.fileOf(account.id), JSON.stringify(account), { mode: 0o600 });
    if (await this.add(account)) return account;
    this.forget(account);
    return null;
  }

  /** The password has been shown. */
  forget({ id }: UnseenPassword): void {
    rmSync(this.fileOf(id), { force: true });
  }

  private async add(account: UnseenPassword): Promise<boolean> {
    const isAdded = await this.users.addAdministrator(account);
    if (!isAdded && !(await this.users.hasAdministrator())) {
      const { email } = account;
      this.log.error({ email }, 'ADMIN_EMAIL belongs to an ordinary account: choose another one');
    }
    return isAdded;
  }

  /** What an earlier start made and could not show. */
  private async unseen(): Promise<UnseenPassword | null> {
    const { DATA_DIR } = this.config;
    if (!existsSync(DATA_DIR)) return null; // on a server with its keys given there is none
    for (const name of readdirSync(DATA_DIR).filter((file) => FILE.test(file))) {
      const account = accountIn(join(DATA_DIR, name));
      if (account && (await this.users.exists(account.id))) return account;
    }
    return null;
  }

  private fileOf(id: string): string {
    return join(this.config.DATA_DIR, `first-administrator-${id}.json`);
  }
}

/** Null for a file that a kill cut off while it was written: its account was never added. */
function accountIn(file: string): UnseenPassword | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as UnseenPassword;
  } catch {
    return null;
  }
}
