import { Module } from '@nestjs/common';
import { AlertsModule } from '#operations/alerts/alerts.module';
import { HealthModule } from '#operations/health/health.module';
import { LiveAlerts } from './live-alerts.js';
import { LiveController } from './live.controller.js';
import { LiveEvents } from './live-events.js';
import { LiveSources } from './live-sources.js';
import { WatchersService } from './watchers.service.js';

@Module({
  imports: [AlertsModule, HealthModule],
  controllers: [LiveController],
  providers: [LiveEvents, LiveAlerts, LiveSources, WatchersService],
})
export class LiveModule {}
