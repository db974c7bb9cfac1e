import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnModuleInit } from '@nestjs/common';
import type { Config } from '../config/config.js';
import type { Log } from '../logging/log.js';
import { Mailer, type PostedLetter } from './mailer.js';
import { maskAddress } from './mask-address.js';

const MOST_KEPT = 1_000;

/** Lays letters down as files in DATA_DIR/outbox when there is no mail server to give them to. */
export class OutboxMailer extends Mailer implements OnModuleInit {
  private readonly directory: string;

  constructor(
    private readonly config: Config,
    private readonly log: Log,
    private readonly mostKept = MOST_KEPT,
  ) {
    super();
    this.directory = join(config.DATA_DIR, 'outbox');
  }

  onModuleInit(): void {
    const { NODE_ENV } = this.config;
    if (NODE_ENV !== 'production' && NODE_ENV !== 'staging') return;
    this.log.warn({ directory: this.directory }, 'letters reach nobody: SMTP_URL is unset');
  }

  async deliver({ id, to, subject, text, html }: PostedLetter): Promise<void> {
    const file = `${id}.json`; // sorts by time, and is the same when the letter comes twice
    const letter = { time: new Date().toISOString(), to, subject, text, html };
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const beside = join(this.directory, `${file}.part`);
    // for its owner's eyes: a letter may let its reader into an account
    await writeFile(beside, `${JSON.stringify(letter, null, 2)}\n`, { mode: 0o600 });
    await rename(beside, join(this.directory, file));
    this.log.info({ to: maskAddress(to), file }, 'a letter lies in the outbox');
    await this.dropOldest();
  }

  private async dropOldest(): Promise<void> {
    const files = (await readdir(this.directory)).toSorted();
    const surplus = files.slice(0, Math.max(0, files.length - this.mostKept));
    await Promise.all(surplus.map((file) => rm(join(this.directory, file), { force: true })));
  }
}
