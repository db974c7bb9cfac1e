import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from '#platform/logging/log';
import { defineJob } from '#platform/queue/job';
import { Queue } from '#platform/queue/queue';
import { ErasureService } from './erasure.service.js';

const EraseDueAccounts = defineJob('erase-due-accounts', { expireInSeconds: 3_600 });
const EVERY_TEN_MINUTES = '*/10 * * * *';

/** Erases the accounts whose grace is over, in whichever process takes the job. */
@Injectable()
export class DueErasures implements OnModuleInit {
  constructor(
    private readonly queue: Queue,
    private readonly erasure: ErasureService,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.queue.work(EraseDueAccounts, () => this.run());
    this.queue.schedule(EraseDueAccounts, EVERY_TEN_MINUTES);
  }

  private async run(): Promise<void> {
    const erased = await this.erasure.eraseDue(new Date());
    if (erased > 0) this.log.info({ erased }, 'accounts were erased');
  }
}
