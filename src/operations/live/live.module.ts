import { Module } from '@nestjs/common';
import { HealthModule } from '#operations/health/health.module';
import { LiveController } from './live.controller.js';
import { LiveEvents } from './live-events.js';
import { LiveFeedService } from './live-feed.service.js';

@Module({
  imports: [HealthModule],
  controllers: [LiveController],
  providers: [LiveEvents, LiveFeedService],
})
export class LiveModule {}
