import { Controller, Get, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OpenToMonitoring, Requires } from '#edge/access/access.decorators';
import { Unlimited } from '#edge/rate-limit/rate-limit.decorators';
import { GuardExempt } from '#edge/request-guard/request-guard.decorators';
import { Metrics } from '#platform/telemetry/metrics';

/** For Prometheus. Answers while the service starts, stops, or refuses everything else. */
@Unlimited()
@GuardExempt()
@Controller({ path: 'metrics', version: VERSION_NEUTRAL })
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /** Every metric in the text format of Prometheus (0.0.4). */
  @OpenToMonitoring()
  @Requires('operations:read')
  @ApiProduces('text/plain')
  @Get()
  scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}
