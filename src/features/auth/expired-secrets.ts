import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from '#platform/logging/log';
import { defineJob } from '#platform/queue/job';
import { Queue } from '#platform/queue/queue';
import { ExpiredSecretsRepository } from './expired-secrets.repository.js';

const DeleteExpiredSecrets = defineJob('delete-expired-secrets');
const HOURLY = '17 * * * *';

/** Keeps the tables of things that are good for a while from growing for ever. */
@Injectable()
export class ExpiredSecrets implements OnModuleInit {
  constructor(
    private readonly queue: Queue,
    private readonly secrets: ExpiredSecretsRepository,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.queue.work(DeleteExpiredSecrets, () => this.delete());
    this.queue.schedule(DeleteExpiredSecrets, HOURLY);
  }

  async delete(now = new Date()): Promise<void> {
    const deleted = await this.secrets.deleteAll(now);
    this.log.info({ deleted }, 'expired secrets are deleted');
  }
}
