import { Module } from '@nestjs/common';
import { RequestGuardModule } from '#edge/request-guard/request-guard.module';
import { HardeningController } from './hardening.controller.js';
import { HardeningService } from './hardening.service.js';

@Module({
  imports: [RequestGuardModule],
  controllers: [HardeningController],
  providers: [HardeningService],
})
export class HardeningModule {}
