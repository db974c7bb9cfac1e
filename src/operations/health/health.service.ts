import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  type HealthCheckResult,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import { Config } from '#platform/config/config';
import { version } from '#platform/config/version';
import type { HealthPart } from '#platform/telemetry/health-parts';
import {
  NAMED_PARTS,
  type DetailedHealth,
  type HealthReport,
  type HealthSummary,
} from './health.dto.js';
import { HealthIndicators } from './health.indicators.js';
import { PartLooks } from './part-looks.js';

/** What `/health` says of a part that this service does not have, or not switched on. */
const OFF = { status: 'off' } as const;

@Injectable()
export class HealthService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicators,
    private readonly parts: PartLooks,
    private readonly config: Config,
  ) {}

  /** Started, not stopping, the database answers, and Redis where it is required. What is degraded still serves. */
  getReadiness(): Promise<HealthReport> {
    return this.check([
      () => this.indicators.started(),
      () => this.indicators.takesTraffic(),
      () => this.indicators.databaseAnswers(),
      () => this.indicators.redisAnswers(),
    ]);
  }

  getStartup(): Promise<HealthReport> {
    return this.check([() => this.indicators.started()]);
  }

  /** Every check with what it found, and all of the summary. */
  async getDetails(): Promise<DetailedHealth> {
    const [{ info, error, details }, summary] = await Promise.all([
      this.getReadiness(),
      this.getSummary(),
    ]);
    const checks = { info, error, details };
    return Object.assign(summary, { checks, node: process.version, pid: process.pid });
  }

  /** How the whole is doing. Degraded still serves; unhealthy does not. */
  async getSummary(): Promise<HealthSummary> {
    const parts = { lifecycle: this.indicators.lifecycle(), ...(await this.parts.all()) };
    return {
      status: worstOf(Object.values(parts)),
      timestamp: new Date(),
      uptime: Math.round(process.uptime()),
      version,
      environment: this.config.NODE_ENV,
      ...(Object.fromEntries(NAMED_PARTS.map((name) => [name, OFF])) as Named),
      ...parts,
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

type Named = Record<(typeof NAMED_PARTS)[number], typeof OFF>;

function worstOf(parts: readonly HealthPart[]): HealthPart['status'] {
  const isAny = (status: HealthPart['status']) => parts.some((part) => part.status === status);
  return isAny('unhealthy') ? 'unhealthy' : isAny('degraded') ? 'degraded' : 'healthy';
}
