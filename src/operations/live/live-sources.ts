import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HealthService } from '#operations/health/health.service';
import { Monitor } from '#platform/telemetry/monitor';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { LiveAlerts } from './live-alerts.js';
import { LiveEvents } from './live-events.js';

/** Turns what the service notices into events for those who watch, while somebody does. */
@Injectable()
export class LiveSources implements OnApplicationShutdown {
  private readonly stopTicks: () => void;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly live: LiveEvents,
    private readonly health: HealthService,
    private readonly alerts: LiveAlerts,
    monitor: Monitor,
    security: SecurityEvents,
  ) {
    security.onEvent((event) => live.record('security', { time: new Date(), ...event }));
    this.stopTicks = monitor.onTick((point) => {
      live.tell('tick', point);
      if (live.isWatched) this.look();
    });
  }

  /** Tells everybody how it is. One look at a time, however long it takes. */
  look(): void {
    this.looking ??= this.lookAround().finally(() => (this.looking = undefined));
  }

  onApplicationShutdown(): void {
    this.stopTicks();
  }

  private async lookAround(): Promise<void> {
    this.live.tell('health', await this.health.getSummary());
    this.live.tell('rules', this.alerts.getRules());
    this.live.tell('alerts', { items: await this.alerts.get() });
  }
}
