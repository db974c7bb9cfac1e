import {
  Controller,
  Get,
  Headers,
  Req,
  Res,
  StreamableFile,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#edge/access/access.decorators';
import { GuardExempt } from '#edge/request-guard/request-guard.decorators';
import { EVENT_STREAM } from '#edge/transport/event-stream';
import { WatchersService } from './watchers.service.js';

@GuardExempt()
@Controller({ path: 'hardening/events', version: VERSION_NEUTRAL })
export class LiveController {
  constructor(private readonly watchers: WatchersService) {}

  /**
   * What happens, as server-sent events: `hello`, every five seconds `tick`, `health`, `rules` and
   * `alerts`, `security` when something was noticed, and `bye` before the stream ends. It ends with the
   * sign-in. Ten may be open for one account.
   */
  @Requires('operations:read')
  @ApiProduces(EVENT_STREAM)
  @Get()
  watch(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): StreamableFile {
    // proxies must hand on each event as it comes
    void reply.header('x-accel-buffering', 'no');
    return new StreamableFile(this.watchers.open(request, reply, lastEventId), {
      type: EVENT_STREAM,
    });
  }
}
