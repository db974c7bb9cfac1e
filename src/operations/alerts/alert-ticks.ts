import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Lifecycle } from '#platform/lifecycle/lifecycle';
import { Monitor } from '#platform/telemetry/monitor';
import { AlertUpkeep } from './alert-upkeep.js';
import { AlertWatch } from './alert-watch.js';

/** What makes alerts go: the monitor, at the end of each slot. */
@Injectable()
export class AlertTicks implements OnModuleInit, BeforeApplicationShutdown {
  private stop = () => {};

  constructor(
    private readonly monitor: Monitor,
    private readonly lifecycle: Lifecycle,
    private readonly watch: AlertWatch,
    private readonly upkeep: AlertUpkeep,
  ) {}

  onModuleInit(): void {
    this.stop = this.monitor.onTick((point) => {
      this.watch.step(point);
      // before that, tables may be missing
      if (!this.lifecycle.hasStarted) this.upkeep.turnWithoutDatabase(point.endsAt);
      else void this.upkeep.turn(point.endsAt);
    });
  }

  /** Ends what is under way while the database is still there. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stop();
    if (this.lifecycle.hasStarted) await this.upkeep.turn(new Date());
  }
}
