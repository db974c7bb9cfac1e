import { Controller, Get, HttpCode, Post, Query, VERSION_NEUTRAL } from '@nestjs/common';
import { Requires } from '#edge/access/access.decorators';
import { GuardExempt } from '#edge/request-guard/request-guard.decorators';
import { DetailedHealth } from '#operations/health/health.dto';
import { DatabaseReportService } from './database-report.service.js';
import {
  ConfigReport,
  DatabaseReport,
  HistoryQuery,
  MetricsReport,
  SecurityReport,
  SeriesHistoryView,
  SlowQueriesPage,
} from './hardening.dto.js';
import { HardeningService } from './hardening.service.js';

/** For operators: what is protected, how it is set, what it has held off, and how the service does. */
@GuardExempt()
@Requires('operations:read')
@Controller({ path: 'hardening', version: VERSION_NEUTRAL })
export class HardeningController {
  constructor(
    private readonly hardening: HardeningService,
    private readonly databaseReports: DatabaseReportService,
  ) {}

  /** What this process did in the last minute and the last five. */
  @Get('metrics')
  metrics(): MetricsReport {
    return this.hardening.getMetrics();
  }

  /** Every series of the last hour (`5s`) or day (`1m`), oldest first. */
  @Get('metrics/history')
  history(@Query() query: HistoryQuery): SeriesHistoryView {
    return this.hardening.getHistory(query);
  }

  /** How the database is called, how that goes, and whether the breaker is open. */
  @Get('database')
  database(): Promise<DatabaseReport> {
    return this.databaseReports.get();
  }

  /** Counts the calls to the database from zero again. */
  @Requires('operations:write')
  @HttpCode(204)
  @Post('database/reset-metrics')
  resetDatabase(): void {
    this.databaseReports.reset();
  }

  /** The last fifty statements that took longer than SLOW_QUERY_MS, the latest first, without their values. */
  @Get('slow-queries')
  slowQueries(): SlowQueriesPage {
    return this.databaseReports.getSlowQueries();
  }

  /** Each protection: whether it is on, how it is set, and what it has held off since the start. */
  @Get('security')
  security(): SecurityReport {
    return this.hardening.getSecurity();
  }

  /** Every part of the service with what it found. */
  @Get('health')
  health(): Promise<DetailedHealth> {
    return this.hardening.getHealth();
  }

  /** The configuration that the process runs on, secrets masked, with where each value came from. */
  @Get('config')
  config(): ConfigReport {
    return this.hardening.getConfig();
  }
}
