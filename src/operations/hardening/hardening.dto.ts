import { IsOptional } from 'class-validator';
import type { EffectiveValue } from '#platform/config/effective-config';
import type { StatisticsSnapshot } from '#platform/database/query-statistics';
import type { MonitorSnapshot } from '#platform/telemetry/monitor';
import { IsOneOf } from '#platform/validation/choice.decorators';
import type { Protection } from './protections.js';

const RESOLUTIONS = ['5s', '1m'] as const;

export class HistoryQuery {
  /** `5s` goes back an hour, `1m` a day. */
  @IsOptional()
  @IsOneOf(RESOLUTIONS)
  resolution: (typeof RESOLUTIONS)[number] = '5s';
}

export class SeriesHistoryView {
  /** @example 5 */
  resolutionSeconds: number;
  /** When the last value of each series was taken; the others lie `resolutionSeconds` apart. */
  endsAt: Date;
  /**
   * Oldest first, all of one length; null where nothing is known.
   * @example { "requestsPerSecond": [81.2, 84.6], "latencyP95Ms": [20, 21] }
   */
  series: Record<string, (number | null)[]>;
}

export class MetricsReport {
  /** Since the process started. */
  uptimeSeconds: number;
  /** @example { "windowSeconds": 60, "requests": 5040, "requestsPerSecond": 84, "errorRatio": 0 } */
  lastMinute: MonitorSnapshot;
  /** @example { "windowSeconds": 300, "requests": 25200, "requestsPerSecond": 84, "errorRatio": 0 } */
  lastFiveMinutes: MonitorSnapshot;
}

export class DatabaseReport {
  /** @example "postgresql" */
  engine: string;
  /** Null while it does not answer. */
  latencyMs: number | null;
  /** Open refuses calls at once, half-open lets one try. */
  breaker: 'closed' | 'half-open' | 'open';
  /** @example { "open": 5, "idle": 5, "waiting": 0, "max": 20, "min": 5 } */
  pool: Record<string, number>;
  /**
   * Calls that wait: in line, or for a connection of the pool.
   * @example 0
   */
  waiting: number;
  /** @example { "callTimeoutMs": 5000, "silenceTimeoutMs": 800, "statementTimeoutMs": 30000 } */
  limits: Record<string, number>;
  /**
   * Calls since the start, or since they were last counted from zero; `successRate` from 0 to 1.
   * @example { "total": 5040, "failed": 0, "slow": 1, "successRate": 1, "latencyMs": { "p50": 0.6, "p95": 3, "p99": 9, "max": 41 } }
   */
  statistics: StatisticsSnapshot;
}

export class SlowQueryView {
  time: Date;
  /**
   * Time in the pool included.
   * @example 812
   */
  durationMs: number;
  /**
   * What of it the statement took; null when none was answered.
   * @example 790
   */
  statementMs: number | null;
  /** @example "SELECT id FROM audit_logs WHERE actor = $1" */
  sql: string;
  /** Of the request that it was for. */
  requestId: string | undefined;
}

export class SlowQueriesPage {
  /**
   * What counts as slow.
   * @example 500
   */
  slowMs: number;
  items: SlowQueryView[];
}

export class ProtectionView implements Protection {
  /** @example "request guard" */
  name: string;
  /** @example "Input that looks like an attack." */
  against: string;
  /** @example "on" */
  state: 'on' | 'reports only' | 'off' | 'degraded';
  /** @example { "GUARD_MODE": "block", "GUARD_BLOCK_SCORE": "8" } */
  settings: Record<string, string>;
  /**
   * What it noticed since the start.
   * @example { "suspicious inputs": 12, "clients blocked": 1 }
   */
  noticed: Record<string, number>;
}

export class NoticedEventView {
  time: Date;
  /** @example "security.input_suspicious" */
  action: string;
  /** @example "203.0.113.7" */
  address?: string;
  actor?: string;
  requestId?: string;
  /** @example { "rule": "sql-literal-comparison", "score": 8 } */
  metadata: Record<string, string | number | boolean>;
}

export class SecurityReport {
  since: Date;
  protections: ProtectionView[];
  /** The last hundred, the latest first. */
  recent: NoticedEventView[];
}

export class ConfigReport {
  /** @example [{ "name": "PORT", "section": "Server", "value": "3000", "source": "default", "why": "Port to listen on." }] */
  items: EffectiveValue[];
}
