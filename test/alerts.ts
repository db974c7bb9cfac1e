import { AlertTicks } from '#operations/alerts/alert-ticks';
import { AlertUpkeep } from '#operations/alerts/alert-upkeep';
import { AlertWatch } from '#operations/alerts/alert-watch';
import type { TestApp } from './app.js';

export interface Message {
  readonly event: string;
  readonly text: string;
  readonly instances: string[];
  readonly alert: { readonly id: string; readonly rule: string; readonly severity: string };
}

const SLOT_MS = 5_000;

/** Plays time to the alerts of an application: no slot of the monitor's own is seen any more. */
export class AlertClock {
  private seconds = 0;

  private constructor(
    private readonly test: TestApp,
    public now: Date,
  ) {}

  static async of(test: TestApp, now = new Date()): Promise<AlertClock> {
    await test.app.get(AlertTicks).beforeApplicationShutdown();
    return new AlertClock(test, now);
  }

  /** Ends a slot with these values, and lets the alerts see to it. */
  async slot(values: Record<string, number | null>, count = 1): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.now = new Date(this.now.getTime() + SLOT_MS);
      this.seconds += SLOT_MS / 1_000;
      this.test.app.get(AlertWatch).step({
        endsAt: this.now,
        seconds: this.seconds,
        values: { lastMinuteRequests: 100, ...values },
      });
      await this.test.app.get(AlertUpkeep).turn(this.now);
    }
  }

  /** Lets time go by in which nothing happens. */
  pass(ms: number): void {
    this.now = new Date(this.now.getTime() + ms);
  }
}
