import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { defineJob } from '#platform/queue/job';
import { Queue } from '#platform/queue/queue';
import { callWebhook } from '#platform/webhooks/webhook';
import { jsonOf, type Checkpoint } from './checkpoint.js';

/** Tried for about three hours; a receiver that is away longer gets those that come later. */
const PostCheckpoint = defineJob<ReturnType<typeof jsonOf>>('post-audit-checkpoint', {
  retryLimit: 10,
  retryDelaySeconds: 10,
  expireInSeconds: 60,
  concurrency: 1,
});

/** Sends each checkpoint to AUDIT_CHECKPOINT_WEBHOOK_URL, if there is one, behind everything else. */
@Injectable()
export class CheckpointPosts implements OnModuleInit {
  constructor(
    private readonly queue: Queue,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const { AUDIT_CHECKPOINT_WEBHOOK_URL: url, AUDIT_CHECKPOINT_WEBHOOK_SECRET: secret } =
      this.config;
    if (url) {
      this.queue.work(PostCheckpoint, (checkpoint) => callWebhook({ url, secret }, checkpoint));
    }
  }

  /** Posts no further one while one still waits to be taken, so that none pile up. */
  async post(checkpoint: Checkpoint): Promise<void> {
    if (!this.config.AUDIT_CHECKPOINT_WEBHOOK_URL) return;
    await this.queue.send(PostCheckpoint, jsonOf(checkpoint), { singletonKey: 'latest' });
  }
}
