import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { HealthIndicators } from './health.indicators.js';
import { HealthService } from './health.service.js';
import { PartLooks } from './part-looks.js';

@Module({
  // a probe that fails every second would drown the log: what failed is logged where it fails
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [HealthService, HealthIndicators, PartLooks],
  exports: [HealthService],
})
export class HealthModule {}
