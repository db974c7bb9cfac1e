import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Requires } from '#edge/access/access.decorators';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { AlertRulesService } from './alert-rules.service.js';
import { AlertRulesPage, AlertRuleView, DryRun, NewRuleSettings, RuleId } from './alerts.dto.js';

@OpenToBlocked()
@Controller('alerts/rules')
export class AlertRulesController {
  constructor(private readonly rules: AlertRulesService) {}

  /** The rules in force, and the series that there are. */
  @Requires('operations:read')
  @Get()
  list(): AlertRulesPage {
    return this.rules.getAll();
  }

  /** Changes a rule, or adds one, in every process within ten seconds. */
  @Requires('operations:write')
  @RateLimit('admin')
  @Put(':id')
  change(@Param() { id }: RuleId, @Body() settings: NewRuleSettings): Promise<AlertRuleView> {
    return this.rules.change(id, settings);
  }

  /** Gives a rule back to its default, or removes one that was added. */
  @Requires('operations:write')
  @RateLimit('admin')
  @HttpCode(204)
  @Delete(':id')
  reset(@Param() { id }: RuleId): Promise<void> {
    return this.rules.reset(id);
  }

  /** The alerts that such a rule would have raised in this process in the last hour. Changes nothing. */
  @Requires('operations:read')
  @HttpCode(200)
  @Post(':id/dry-run')
  dryRun(@Param() _rule: RuleId, @Body() settings: NewRuleSettings): DryRun {
    return this.rules.dryRun(settings);
  }
}
