import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditService } from '#features/audit/audit.service';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import { normaliseEmail } from '#platform/validation/email.decorators';
import { PasswordHasher } from './password-hasher.js';
import { EmailTaken } from './users.problems.js';
import { UsersRepository } from './users.repository.js';

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
    private readonly users: UsersRepository,
    private readonly passwords: PasswordHasher,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {
    this.file = join(config.DATA_DIR, 'first-administrator.json');
  }

  /** Adds the administrator when there is none. Returns a password that has to be shown, if there is one. */
  async ensure(): Promise<UnseenPassword | null> {
    const { ADMIN_PASSWORD, NODE_ENV } = this.config;
    if (await this.users.hasAdministrator()) return this.unseen();
    if (ADMIN_PASSWORD) {
      await this.add(ADMIN_PASSWORD);
      return null;
    }
    if (NODE_ENV === 'production') return null;

    const password = randomBytes(15).toString('base64url');
    const email = normaliseEmail(this.config.ADMIN_EMAIL);
    mkdirSync(this.config.DATA_DIR, { recursive: true });
    writeFileSync(this.file, JSON.stringify({ email, password }), { mode: 0o600 });
    if (!(await this.add(password))) this.forget();
    return this.unseen();
  }

  /** Whether anybody can administer this installation. */
  exists(): Promise<boolean> {
    return this.users.hasAdministrator();
  }

  /** The password has been shown. */
  forget(): void {
    rmSync(this.file, { force: true });
  }

  /** False when another process was faster. */
  private async add(password: string): Promise<boolean> {
    const passwordHash = await this.passwords.hash(password);
    const email = normaliseEmail(this.config.ADMIN_EMAIL);
    try {
      await this.database.transaction(async () => {
        const { id } = await this.users.insert({
          id: uuidv7(),
          email,
          passwordHash,
          role: 'admin',
          emailVerifiedAt: new Date(),
        });
        await this.audit.record('user.administrator_created', { subject: id });
      });
      return true;
    } catch (error) {
      if (error instanceof EmailTaken) return false;
      throw error;
    }
  }

  private unseen(): UnseenPassword | null {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as UnseenPassword;
    } catch {
      return null;
    }
  }
}
