import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Queue } from '#platform/queue/queue';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { DependencyScans } from './scan.dto.js';
import { ScanUnderWay } from './scan.problems.js';
import { ScanDependencies } from './scheduled-scan.js';
import { ScansRepository } from './scans.repository.js';

/** What operators see and do of the scans. */
@Injectable()
export class ScanService {
  constructor(
    private readonly scans: ScansRepository,
    private readonly queue: Queue,
    private readonly config: Config,
    private readonly events: SecurityEvents,
  ) {}

  async getScans(): Promise<DependencyScans> {
    const now = new Date();
    return DependencyScans.of(await this.scans.find(now), this.config.SCAN_AT, now);
  }

  /** Has a process scan now; one that waits already is enough. Throws `ScanUnderWay`. */
  async request(): Promise<void> {
    const { isRunning, latest } = await this.scans.find(new Date());
    if (isRunning) throw new ScanUnderWay();
    await this.queue.send(ScanDependencies, {}, { singletonKey: 'scan' });
    const stateBefore = latest?.state ?? 'never scanned';
    this.events.reportOfRequest('operations.dependency_scan_requested', { stateBefore });
  }
}
