import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { Caller, Requires } from '#edge/access/access.decorators';
import type { Principal } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { AlertsPage, AlertsQuery, AlertTest, AlertView, Silence } from './alerts.dto.js';
import { AlertsService } from './alerts.service.js';
import { AlertTests } from './alert-tests.js';

@OpenToBlocked()
@Controller('alerts')
export class AlertsController {
  constructor(
    private readonly alerts: AlertsService,
    private readonly tests: AlertTests,
  ) {}

  /** The alerts of all processes, the newest first. */
  @Requires('operations:read')
  @Get()
  list(@Query() query: AlertsQuery): Promise<AlertsPage> {
    return this.alerts.getPage(query);
  }

  /** Sends a test over every route that is configured, and says what came of each. Takes up to 15 seconds. */
  @Requires('operations:write')
  @RateLimit('admin')
  @HttpCode(200)
  @Post('test')
  test(): Promise<AlertTest> {
    return this.tests.run();
  }

  /** Says that somebody sees to it: people are not reminded of it any more. */
  @Requires('operations:write')
  @HttpCode(200)
  @Post(':id/acknowledge')
  acknowledge(
    @Caller() { userId }: Principal,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<AlertView> {
    return this.alerts.acknowledge(id, userId);
  }

  /** Tells nobody of the rule of this alert for a time. It is raised and shown as before. */
  @Requires('operations:write')
  @HttpCode(200)
  @Post(':id/silence')
  silence(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { forSeconds }: Silence,
  ): Promise<AlertView> {
    return this.alerts.silence(id, forSeconds);
  }
}
