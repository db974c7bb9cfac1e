import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TransportModule } from '#edge/transport/transport.module';
import { HealthController } from './health.controller.js';
import { HealthIndicators } from './health.indicators.js';
import { HealthService } from './health.service.js';
import { PartLooks } from './part-looks.js';
import { ProcessParts } from './process-parts.js';
import { Saturation } from './saturation.js';

@Module({
  // a probe that fails every second would drown the log: what failed is logged where it fails
  imports: [TerminusModule.forRoot({ logger: false }), TransportModule],
  controllers: [HealthController],
  providers: [HealthService, HealthIndicators, PartLooks, ProcessParts, Saturation],
  exports: [HealthService, PartLooks],
})
export class HealthModule {}
