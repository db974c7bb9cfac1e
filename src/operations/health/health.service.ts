import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  type HealthCheckResult,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import { Config } from '#platform/config/config';
import { version } from '#platform/config/version';
import type { DetailedHealth, HealthReport, HealthSummary } from './health.dto.js';
import { HealthIndicators } from './health.indicators.js';

@Injectable()
export class HealthService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicators,
    private readonly config: Config,
  ) {}

  /** Started, not stopping, and the database answers. */
  getReadiness(): Promise<HealthReport> {
    return this.check([
      () => this.indicators.started(),
      () => this.indicators.takesTraffic(),
      () => this.indicators.databaseAnswers(),
    ]);
  }

  getStartup(): Promise<HealthReport> {
    return this.check([() => this.indicators.started()]);
  }

  async getDetails(): Promise<DetailedHealth> {
    const result = await this.check([
      () => this.indicators.started(),
      () => this.indicators.takesTraffic(),
      () => this.indicators.databaseAnswers(),
      () => this.indicators.limitsCount(),
    ]);
    return { ...result, version, node: process.version, pid: process.pid };
  }

  /** How the whole is doing. Degraded still serves; unhealthy does not. */
  async getSummary(): Promise<HealthSummary> {
    const { status, details } = await this.getDetails();
    const { lifecycle, database, rateLimits } = details;
    const isDegraded = lifecycle?.status === 'down' || rateLimits?.['storage'] === 'degraded';
    const isServing = database?.status === 'up' && details['startup']?.status === 'up';
    const memory = process.memoryUsage();
    return {
      status: !isServing ? 'unhealthy' : isDegraded || status !== 'ok' ? 'degraded' : 'healthy',
      timestamp: new Date(),
      uptimeSeconds: Math.round(process.uptime()),
      version,
      environment: this.config.NODE_ENV,
      memory: { rssBytes: memory.rss, heapUsedBytes: memory.heapUsed },
      lifecycle,
      database,
      rateLimits,
    };
  }

  /** Terminus says "down" by throwing its result. */
  private async check(indicators: HealthIndicatorFunction[]): Promise<HealthCheckResult> {
    try {
      return await this.checks.check(indicators);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return error.getResponse() as HealthCheckResult;
    }
  }
}
