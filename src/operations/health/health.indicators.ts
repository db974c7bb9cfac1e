import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { RateLimitCounters } from '#edge/rate-limit/counters';
import { Database } from '#platform/database/database';
import { Lifecycle } from '#platform/lifecycle/lifecycle';

/** The checks that health routes are made of. Each answers within the time limit of what it asks. */
@Injectable()
export class HealthIndicators {
  private ping: Promise<number> | undefined;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly counters: RateLimitCounters,
    private readonly lifecycle: Lifecycle,
  ) {}

  started(): HealthIndicatorResult {
    const check = this.indicators.check('startup');
    return this.lifecycle.phase === 'starting'
      ? check.down({ step: this.lifecycle.step })
      : check.up();
  }

  takesTraffic(): HealthIndicatorResult {
    const check = this.indicators.check('lifecycle');
    const { phase } = this.lifecycle;
    return phase === 'ready' ? check.up({ phase }) : check.down({ phase });
  }

  async databaseAnswers(): Promise<HealthIndicatorResult> {
    const check = this.indicators.check('database');
    try {
      const latencyMs = await this.sharedPing();
      return check.up({ latencyMs: Math.round(latencyMs * 10) / 10, ...this.database.status });
    } catch {
      return check.down(this.database.status);
    }
  }

  /** Probes that meet share one question: many of them must not become a load of their own. */
  private sharedPing(): Promise<number> {
    this.ping ??= this.database.ping().finally(() => {
      this.ping = undefined;
    });
    return this.ping;
  }

  /** Never down: while Redis is away the limits go on in memory. */
  limitsCount(): HealthIndicatorResult {
    return this.indicators.check('rateLimits').up({ storage: this.counters.state });
  }
}
