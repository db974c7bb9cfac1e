import type { DeadJob } from '#platform/queue/dead-jobs';
import type { QueueCount } from '#platform/queue/queue-counts';

export class QueueView {
  /** @example "send-letter" */
  name: string;
  /** Due and not taken yet. */
  waiting: number;
  /** Not due yet: to be tried again, or sent for later. */
  later: number;
  running: number;
  /** Failed for good, and kept. */
  dead: number;
  /** How long the one that has been due longest has waited. */
  oldestWaitSeconds: number;

  static of({ name, waiting, later, running, dead, oldestWaitSeconds }: QueueCount): QueueView {
    return { name, waiting, later, running, dead, oldestWaitSeconds };
  }
}

export class QueuesPage {
  items: QueueView[];
  /** Always null: the list is bounded. */
  nextCursor: string | null;
}

/** A job that has failed for good, without what it was told, which may be private. */
export class DeadJobView {
  /** @example "0b6e2c9e-2f0c-4a3e-9d9f-6f9b1c5f7a10" */
  id: string;
  diedAt: Date;
  /**
   * What the last try failed with.
   * @example "connect ECONNREFUSED"
   */
  reason: string | null;

  static of({ id, diedAt, reason }: DeadJob): DeadJobView {
    return { id, diedAt, reason };
  }
}

export class DeadJobsPage {
  items: DeadJobView[];
  /** Always null: these are the hundred that died last. */
  nextCursor: string | null;
}
