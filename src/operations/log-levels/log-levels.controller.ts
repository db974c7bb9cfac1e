import { Body, Controller, Get, Put, VERSION_NEUTRAL } from '@nestjs/common';
import { Requires } from '#edge/access/access.decorators';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { LogLevelChange, LogLevelsView } from './log-levels.dto.js';
import { LogLevelsService } from './log-levels.service.js';

@OpenToBlocked()
@Controller({ path: 'hardening/log-levels', version: VERSION_NEUTRAL })
export class LogLevelsController {
  constructor(private readonly levels: LogLevelsService) {}

  /** What this process logs, by module. */
  @Requires('operations:read')
  @Get()
  show(): LogLevelsView {
    return this.levels.getView();
  }

  /** Logs more or less, in this process, until the restart or for some minutes. */
  @Requires('operations:write')
  @RateLimit('admin')
  @Put()
  change(@Body() change: LogLevelChange): LogLevelsView {
    return this.levels.change(change);
  }
}
