import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Post,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { Requires } from '#edge/access/access.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { DeadJobsPage, QueuesPage } from './jobs.dto.js';
import { JobsService } from './jobs.service.js';

/** For operators: what waits, what has failed for good, and what becomes of that. */
@OpenToBlocked()
@Controller({ path: 'hardening/jobs', version: VERSION_NEUTRAL })
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  /** How many jobs there are of each kind, not older than five seconds. */
  @Requires('operations:read')
  @Get()
  list(): Promise<QueuesPage> {
    return this.jobs.getQueues();
  }

  /** The jobs of a kind that have failed for good, the latest first. */
  @Requires('operations:read')
  @Get(':queue/dead')
  dead(@Param('queue') queue: string): Promise<DeadJobsPage> {
    return this.jobs.getDead(queue);
  }

  /** Tries one again. */
  @Requires('operations:write')
  @HttpCode(204)
  @Post(':queue/dead/:id/retry')
  retry(@Param('queue') queue: string, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.jobs.retry(queue, id);
  }

  /** Gives one up: it is deleted. */
  @Requires('operations:write')
  @HttpCode(204)
  @Delete(':queue/dead/:id')
  drop(@Param('queue') queue: string, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.jobs.drop(queue, id);
  }
}
