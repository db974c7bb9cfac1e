import { Controller, Get, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiProduces, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OpenToMonitoring, Public, Requires } from '#edge/access/access.decorators';
import { Unlimited } from '#edge/rate-limit/rate-limit.decorators';
import { GuardExempt } from '#edge/request-guard/request-guard.decorators';
import { Alive, DetailedHealth, HealthReport, HealthSummary } from './health.dto.js';
import { HealthService } from './health.service.js';

/** For probes and dashboards. A 503 here is the answer of the check, not an error. */
@Unlimited()
@GuardExempt()
@Controller({ version: VERSION_NEUTRAL })
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** Whether anything answers at all. */
  @Public()
  @ApiProduces('text/plain')
  @Get('ping')
  ping(): string {
    return 'pong';
  }

  /** The process works; restart it when this fails. */
  @Public()
  @Get('health/live')
  live(): Alive {
    return { status: 'ok' };
  }

  /** Whether to send it traffic: started, not stopping, and the database answers. */
  @Public()
  @ApiServiceUnavailableResponse({ type: HealthReport })
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    return answer(reply, await this.health.getReadiness());
  }

  /** Whether the start is over: the database reached, migrations applied. */
  @Public()
  @ApiServiceUnavailableResponse({ type: HealthReport })
  @Get('health/startup')
  async startup(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    return answer(reply, await this.health.getStartup());
  }

  /** How the whole is doing: healthy, degraded (still serving) or unhealthy. */
  @Public()
  @ApiServiceUnavailableResponse({ type: HealthSummary })
  @Get('health')
  async summary(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthSummary> {
    return answer(reply, await this.health.getSummary());
  }

  /** The same with every check, for operators and what watches. */
  @OpenToMonitoring()
  @Requires('operations:read')
  @ApiServiceUnavailableResponse({ type: DetailedHealth })
  @Get('health/detailed')
  async detailed(@Res({ passthrough: true }) reply: FastifyReply): Promise<DetailedHealth> {
    return answer(reply, await this.health.getDetails());
  }
}

const DOWN: ReadonlySet<string> = new Set(['error', 'shutting_down', 'unhealthy']);

function answer<T extends { status: string }>(reply: FastifyReply, result: T): T {
  if (DOWN.has(result.status)) reply.code(503);
  return result;
}
