import { Injectable } from '@nestjs/common';
import { AlertRulesService } from '#operations/alerts/alert-rules.service';
import { AlertsService } from '#operations/alerts/alerts.service';
import { AlertWatch } from '#operations/alerts/alert-watch';
import type { AlertRulesPage, AlertView } from '#operations/alerts/alerts.dto';

const MOST_SHOWN = 100;

/** The alerts that are not over: of all processes, or of this one while the database cannot tell. Never throws. */
@Injectable()
export class LiveAlerts {
  constructor(
    private readonly alerts: AlertsService,
    private readonly watch: AlertWatch,
    private readonly rules: AlertRulesService,
  ) {}

  /** The rules in force, as this process has them. */
  getRules(): AlertRulesPage {
    return this.rules.getAll();
  }

  async get(): Promise<AlertView[]> {
    try {
      return (await this.alerts.getPage({ state: 'active', limit: MOST_SHOWN })).items;
    } catch {
      return this.watch.active.map((alert) => this.alerts.view(alert));
    }
  }
}
