import { Injectable } from '@nestjs/common';
import { DeadJobs } from '#platform/queue/dead-jobs';
import { QueueCounts } from '#platform/queue/queue-counts';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { DeadJobsPage, DeadJobView, QueuesPage, QueueView } from './jobs.dto.js';

@Injectable()
export class JobsService {
  constructor(
    private readonly counts: QueueCounts,
    private readonly dead: DeadJobs,
    private readonly events: SecurityEvents,
  ) {}

  async getQueues(): Promise<QueuesPage> {
    const counts = await this.counts.read();
    return { items: counts.map((count) => QueueView.of(count)), nextCursor: null };
  }

  /** Throws `NotFound`. */
  async getDead(queue: string): Promise<DeadJobsPage> {
    const jobs = await this.dead.list(queue);
    return { items: jobs.map((job) => DeadJobView.of(job)), nextCursor: null };
  }

  /** Throws `NotFound`. */
  async retry(queue: string, id: string): Promise<void> {
    await this.dead.retry(queue, id);
    this.events.reportOfRequest('operations.job_retried', { queue, job: id });
  }

  /** Throws `NotFound`. */
  async drop(queue: string, id: string): Promise<void> {
    await this.dead.drop(queue, id);
    this.events.reportOfRequest('operations.job_dropped', { queue, job: id });
  }
}
