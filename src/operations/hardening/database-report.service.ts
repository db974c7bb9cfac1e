import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import { SecurityEvents } from '#platform/telemetry/security-events';
import type { DatabaseReport, SlowQueriesPage } from './hardening.dto.js';

@Injectable()
export class DatabaseReportService {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly events: SecurityEvents,
  ) {}

  async get(): Promise<DatabaseReport> {
    const latencyMs = await this.database.ping().catch(() => null);
    const { engine, breaker, pool, waiting } = this.database.status;
    const { config } = this;
    const [max, min] = engine === 'embedded' ? [1, 1] : [config.DB_POOL_MAX, config.DB_POOL_MIN];
    return {
      engine,
      latencyMs,
      breaker,
      pool: { ...pool, max, min },
      waiting,
      limits: {
        callTimeoutMs: config.DB_CALL_TIMEOUT_MS,
        silenceTimeoutMs: config.DB_SILENCE_TIMEOUT_MS,
        statementTimeoutMs: config.DB_STATEMENT_TIMEOUT_MS,
        connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS,
      },
      statistics: this.database.statistics.snapshot(),
    };
  }

  /** Recorded, since it hides what was before. */
  reset(): void {
    const { since } = this.database.statistics.snapshot();
    this.database.statistics.reset();
    const metadata = { since: since.toISOString() };
    this.events.reportOfRequest('operations.database_metrics_reset', metadata);
  }

  getSlowQueries(): SlowQueriesPage {
    return { slowMs: this.config.SLOW_QUERY_MS, items: [...this.database.slowQueries.recent] };
  }
}
