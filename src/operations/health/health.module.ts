import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { RateLimitModule } from '#edge/rate-limit/rate-limit.module';
import { HealthController } from './health.controller.js';
import { HealthIndicators } from './health.indicators.js';
import { HealthService } from './health.service.js';

@Module({
  // a probe that fails every second would drown the log: what failed is logged where it fails
  imports: [TerminusModule.forRoot({ logger: false }), RateLimitModule],
  controllers: [HealthController],
  providers: [HealthService, HealthIndicators],
})
export class HealthModule {}
