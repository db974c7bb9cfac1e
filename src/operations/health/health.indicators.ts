import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import { Lifecycle } from '#platform/lifecycle/lifecycle';
import { RedisConnection } from '#platform/redis/redis-connection';
import { HealthParts, type HealthPart } from '#platform/telemetry/health-parts';
import { runbook } from '#platform/telemetry/runbooks';
import { forEverybody } from '#platform/telemetry/request-context';

/** What readiness and startup are made of. Each answers within the time limit of what it asks. */
@Injectable()
export class HealthIndicators {
  private readonly needsRedis: boolean;
  private ping: Promise<number> | undefined;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly process: Lifecycle,
    private readonly redis: RedisConnection,
    config: Config,
    parts: HealthParts,
  ) {
    this.needsRedis = config.REDIS_REQUIRED;
    if (this.needsRedis) parts.add('redis', () => this.redisPart());
    parts.add('database', async () => {
      const { status, ...found } = (await this.databaseAnswers())['database']!;
      const isUnable = found['unable'] !== undefined; // read-only or full: reads still go on
      return {
        ...found,
        status: status === 'down' ? 'unhealthy' : isUnable ? 'degraded' : 'healthy',
        runbook: runbook(status !== 'down' && isUnable ? 'database-unable' : 'database'),
      };
    });
  }

  started(): HealthIndicatorResult {
    const check = this.indicators.check('startup');
    return this.process.phase === 'starting' ? check.down(this.progress()) : check.up();
  }

  takesTraffic(): HealthIndicatorResult {
    const check = this.indicators.check('lifecycle');
    const { phase } = this.process;
    return phase === 'ready' ? check.up({ phase }) : check.down({ phase });
  }

  /** As a part of the whole: who drains still serves. */
  lifecycle(): HealthPart {
    const { phase, takesRequests } = this.process;
    if (!takesRequests) {
      const page = runbook(phase === 'starting' ? 'starting' : 'shutdown');
      return { status: 'unhealthy', phase, ...this.progress(), runbook: page };
    }
    return { status: phase === 'ready' ? 'healthy' : 'degraded', phase };
  }

  /** What the start does, or cannot go on without, and for how long. */
  private progress() {
    const { step, waiting } = this.process;
    return { step, ...(waiting && { waitingFor: waiting.for, waitingSeconds: waiting.seconds }) };
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

  /** Whether Redis is there or may be away: without it the service goes on in memory, where it is allowed to. */
  redisAnswers(): HealthIndicatorResult {
    const check = this.indicators.check('redis');
    const { state } = this.redis;
    return this.needsRedis && state !== 'redis' ? check.down({ state }) : check.up({ state });
  }

  private redisPart(): HealthPart {
    const { state } = this.redis;
    const status = state === 'redis' ? 'healthy' : 'unhealthy';
    return { status, required: true, runbook: runbook('redis-away') };
  }

  /** Probes that meet share one question: many of them must not become a load of their own. */
  private sharedPing(): Promise<number> {
    this.ping ??= forEverybody(() => this.database.ping()).finally(() => {
      this.ping = undefined;
    });
    return this.ping;
  }
}
