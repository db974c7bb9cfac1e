import { Module } from '@nestjs/common';
import { RateLimitModule } from '#edge/rate-limit/rate-limit.module';
import { RequestGuardModule } from '#edge/request-guard/request-guard.module';
import { HealthModule } from '#operations/health/health.module';
import { DatabaseReportService } from './database-report.service.js';
import { GuardController } from './guard.controller.js';
import { GuardService } from './guard.service.js';
import { HardeningController } from './hardening.controller.js';
import { HardeningService } from './hardening.service.js';
import { Protections } from './protections.js';
import { SecurityTally } from './security-tally.js';

@Module({
  imports: [RequestGuardModule, RateLimitModule, HealthModule],
  controllers: [GuardController, HardeningController],
  providers: [GuardService, HardeningService, DatabaseReportService, Protections, SecurityTally],
})
export class HardeningModule {}
