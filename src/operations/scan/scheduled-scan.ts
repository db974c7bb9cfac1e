import { join } from 'node:path';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { projectFile } from '#platform/config/project-file';
import { Log } from '#platform/logging/log';
import { defineJob } from '#platform/queue/job';
import { Queue } from '#platform/queue/queue';
import { scanDependencies } from './dependency-scan.js';
import { isUnknown, type ScanReport } from './scan-report.js';
import { ScansRepository } from './scans.repository.js';

export const ScanDependencies = defineJob('scan-dependencies', { retryLimit: 2, concurrency: 1 });

const PROJECT = projectFile('.');
/** Of each of two questions: together less than the job may take. */
const TIMEOUT_MS = 120_000;

/** Scans what the service runs on, once a day in whichever process takes the job, and when asked to. */
@Injectable()
export class ScheduledScan implements OnModuleInit, OnModuleDestroy {
  /** The project that is looked at: this one. */
  directory = PROJECT;
  private readonly stopping = new AbortController();

  constructor(
    private readonly queue: Queue,
    private readonly scans: ScansRepository,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.queue.work(ScanDependencies, () => this.run());
    const { SCAN_AT: at } = this.config;
    if (at === 'off') return;
    const [hour, minute] = at.split(':').map(Number);
    this.queue.schedule(ScanDependencies, `${minute} ${hour} * * *`);
  }

  /** Before the queue waits for its jobs: this one runs again at the next start. */
  onModuleDestroy(): void {
    this.stopping.abort(new Error('the service stops'));
  }

  private async run(): Promise<void> {
    const startedAt = new Date();
    if (!(await this.scans.claim(startedAt))) return;
    try {
      const report = await this.scan();
      await this.scans.finish(startedAt, report);
      this.tell(report);
    } finally {
      await this.scans.release(startedAt);
    }
  }

  private scan(): Promise<ScanReport> {
    return scanDependencies({
      directory: this.directory,
      timeoutMs: TIMEOUT_MS,
      signal: this.stopping.signal,
      // a container has no other place that can be written to
      cacheDirectory: join(this.config.DATA_DIR, 'npm-cache'),
      isWithDev: false,
    });
  }

  private tell({ state, vulnerabilities }: ScanReport): void {
    if (isUnknown(vulnerabilities)) {
      const { reason } = vulnerabilities;
      this.log.warn({ reason }, 'whether dependencies are vulnerable is not known');
    } else if (state === 'findings') {
      this.log.warn(vulnerabilities.counts, 'dependencies have known vulnerabilities');
    } else {
      this.log.info('no dependency has a known vulnerability');
    }
  }
}
