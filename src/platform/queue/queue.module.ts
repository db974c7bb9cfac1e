import { Global, Module } from '@nestjs/common';
import { DeadJobs } from './dead-jobs.js';
import { QueueCounts } from './queue-counts.js';
import { QueueWatch } from './queue-watch.js';
import { Queue } from './queue.js';

@Global()
@Module({
  providers: [Queue, QueueCounts, QueueWatch, DeadJobs],
  exports: [Queue, QueueCounts, DeadJobs],
})
export class QueueModule {}
