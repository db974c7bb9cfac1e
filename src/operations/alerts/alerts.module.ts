import { Module } from '@nestjs/common';
import { HealthModule } from '../health/health.module.js';
import { AlertDelivery } from './alert-delivery.js';
import { AlertNotices } from './alert-notices.js';
import { AlertRoutes } from './alert-routes.js';
import { AlertRulesController } from './alert-rules.controller.js';
import { AlertRulesRepository } from './alert-rules.repository.js';
import { AlertRulesService } from './alert-rules.service.js';
import { AlertRules } from './alert-rules.js';
import { AlertSignals } from './alert-signals.js';
import { AlertTests } from './alert-tests.js';
import { AlertTicks } from './alert-ticks.js';
import { AlertUpkeep } from './alert-upkeep.js';
import { AlertWatch } from './alert-watch.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsRepository } from './alerts.repository.js';
import { AlertsService } from './alerts.service.js';
import { OldAlerts } from './old-alerts.js';
import { UnwellParts } from './unwell-parts.js';

@Module({
  imports: [HealthModule],
  controllers: [AlertRulesController, AlertsController],
  providers: [
    // rules, and what breaks them
    AlertRules,
    AlertRulesRepository,
    AlertWatch,
    AlertSignals,
    UnwellParts,
    AlertTicks,
    // what is kept of it, and who is told
    AlertUpkeep,
    AlertsRepository,
    OldAlerts,
    AlertNotices,
    AlertDelivery,
    AlertRoutes,
    // for operators
    AlertsService,
    AlertRulesService,
    AlertTests,
  ],
  exports: [AlertWatch, AlertsService, AlertRulesService],
})
export class AlertsModule {}
