import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Log } from '#platform/logging/log';
import { normaliseEmail } from '#platform/validation/email.decorators';
import { UsersService } from './users.service.js';

/** Where the output is read by a developer; elsewhere it is a log, and no place for a password. */
const SHOWS_PASSWORDS: ReadonlySet<string> = new Set(['development', 'test']);

/** A password that was made here and that nobody has seen yet. */
export interface UnseenPassword {
  readonly email: string;
  readonly password: string;
}

/**
 * Makes the first administrator. Its random password waits in a file that only the owner can read
 * until it has been shown: a process killed between the commit and the banner loses nothing.
 */
@Injectable()
export class FirstAdministrator {
  private readonly file: string;

  constructor(
    private readonly config: Config,
    private readonly users: UsersService,
    private readonly log: Log,
  ) {
    this.file = join(config.DATA_DIR, 'first-administrator.json');
  }

  /** Adds the administrator when there is none. Returns a password that has to be shown, if there is one. */
  async ensure(): Promise<UnseenPassword | null> {
    const { ADMIN_PASSWORD, NODE_ENV } = this.config;
    if (await this.users.hasAdministrator()) return this.unseen();

    const email = normaliseEmail(this.config.ADMIN_EMAIL);
    if (ADMIN_PASSWORD) {
      await this.users.addAdministrator(email, ADMIN_PASSWORD);
      return null;
    }
    if (!SHOWS_PASSWORDS.has(NODE_ENV)) {
      this.log.warn('there is no administrator: set ADMIN_EMAIL and ADMIN_PASSWORD');
      return null;
    }
    const password = randomBytes(15).toString('base64url');
    mkdirSync(this.config.DATA_DIR, { recursive: true });
    writeFileSync(this.file, JSON.stringify({ email, password }), { mode: 0o600 });
    const isAdded = await this.users.addAdministrator(email, password);
    if (!isAdded) this.forget();
    return this.unseen();
  }

  /** The password has been shown. */
  forget(): void {
    rmSync(this.file, { force: true });
  }

  private unseen(): UnseenPassword | null {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as UnseenPassword;
    } catch {
      return null;
    }
  }
}
