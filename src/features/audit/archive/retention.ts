import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Log } from '#platform/logging/log';
import { defineJob, HopelessJob } from '#platform/queue/job';
import { Queue } from '#platform/queue/queue';
import { ArchiveService } from './archive.service.js';
import { TrailAltered } from './archiver.js';

const ArchiveOldEntries = defineJob('archive-audit-trail', { expireInSeconds: 3_600 });
const NIGHTLY = '41 3 * * *';
const ONE_DAY_MS = 86_400_000;

/** Archives what is older than AUDIT_RETENTION_DAYS, in whichever process takes the job. */
@Injectable()
export class Retention implements OnModuleInit {
  constructor(
    private readonly archives: ArchiveService,
    private readonly queue: Queue,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.queue.work(ArchiveOldEntries, () => this.run());
    const { AUDIT_RETENTION_DAYS: days } = this.config;
    if (days !== undefined) this.queue.schedule(ArchiveOldEntries, NIGHTLY);
  }

  /** Does nothing when entries are kept for ever. */
  async run(now = new Date()): Promise<void> {
    const { AUDIT_RETENTION_DAYS: days } = this.config;
    if (days === undefined) return;
    const before = new Date(now.getTime() - days * ONE_DAY_MS);
    try {
      const entries = await this.archives.archive(before);
      if (entries > 0) this.log.info({ entries, before }, 'audit entries were archived');
    } catch (error) {
      if (!(error instanceof TrailAltered)) throw error;
      this.log.security(
        { reason: error.message },
        'the audit trail was altered: it is not archived',
      );
      throw new HopelessJob(error.message);
    }
  }
}
