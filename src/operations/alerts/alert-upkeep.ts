import { Injectable } from '@nestjs/common';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { Log } from '#platform/logging/log';
import { AlertNotices } from './alert-notices.js';
import { AlertRules } from './alert-rules.js';
import { AlertWatch } from './alert-watch.js';
import { AlertsRepository } from './alerts.repository.js';

const TURNS_BETWEEN_READS = 2;
const TURNS_BETWEEN_SIGNS = 12;
/** A process that has not said for so long that it is there has no alerts any more. */
const UNSEEN_MS = 5 * 60_000;

/** Keeps database and people up to date on the alerts of this process, one turn at a time. */
@Injectable()
export class AlertUpkeep {
  private turns = 0;
  private isRestored = false;
  private underWay: Promise<void> | undefined;

  constructor(
    private readonly watch: AlertWatch,
    private readonly rules: AlertRules,
    private readonly alerts: AlertsRepository,
    private readonly notices: AlertNotices,
    private readonly log: Log,
  ) {}

  /** One turn, or the one that is under way. Never throws: alerts go out whatever is broken. */
  turn(now: Date): Promise<void> {
    this.underWay ??= this.withDatabase(now)
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseUnavailable)) {
          this.log.error({ err: error }, 'alerts cannot be kept in the database');
        }
        this.notices.tellAlone(this.watch.active, now);
      })
      .finally(() => {
        this.underWay = undefined;
      });
    return this.underWay;
  }

  /** Before the database may be used. */
  turnWithoutDatabase(now: Date): void {
    this.notices.tellAlone(this.watch.active, now);
  }

  private async withDatabase(now: Date): Promise<void> {
    this.turns++;
    if (!this.isRestored) await this.restore(now);
    else if (this.turns % TURNS_BETWEEN_READS === 0) await this.reread();
    if (this.turns % TURNS_BETWEEN_SIGNS === 0) {
      this.watch.markSeen(now);
      await this.closeUnseen(now);
    }
    await this.watch.saveChanged((alert) => this.alerts.save(alert));
    await this.notices.tell(this.watch.active, now);
  }

  private async restore(now: Date): Promise<void> {
    await this.rules.reload();
    const active = await this.alerts.findActive();
    this.watch.restore(active.filter(({ instance }) => instance === this.watch.instance));
    this.watch.markSeen(now);
    await this.watch.saveChanged((alert) => this.alerts.save(alert));
    await this.closeUnseen(now);
    this.isRestored = true;
  }

  private async reread(): Promise<void> {
    await this.rules.reload();
    if (this.watch.active.length > 0) this.watch.noteAcknowledged(await this.alerts.findActive());
  }

  private closeUnseen(now: Date): Promise<void> {
    return this.alerts.closeUnseenSince(new Date(now.getTime() - UNSEEN_MS), now);
  }
}
