type Found = Record<string, unknown>;

export class Alive {
  /** @example "ok" */
  status: 'ok';
}

/** The outcome of several checks: each says "up" or "down" and what it found. */
export class HealthReport {
  /** @example "ok" */
  status: 'ok' | 'error' | 'degraded' | 'shutting_down';
  /**
   * The checks that are up.
   * @example { "startup": { "status": "up" } }
   */
  info?: Found;
  /**
   * The checks that are down.
   * @example {}
   */
  error?: Found;
  /**
   * All checks.
   * @example { "startup": { "status": "up" } }
   */
  details: Record<string, Found>;
}

/** Always there in the summary; `off` when the service has no such part, or it is switched off. */
export const NAMED_PARTS = [
  'memory',
  'cpu',
  'requests',
  'database',
  'cache',
  'realtime',
  'queue',
  'alerts',
  'audit',
] as const;

/** How the whole is doing, part by part. Each part says `healthy`, `degraded`, `unhealthy` or `off`. */
export class HealthSummary {
  /** Degraded still serves; unhealthy does not. */
  status: 'healthy' | 'degraded' | 'unhealthy';
  timestamp: Date;
  /**
   * Since the process started, in seconds.
   * @example 86400
   */
  uptime: number;
  /** @example "0.1.0" */
  version: string;
  /** @example "production" */
  environment: string;
  /** @example { "status": "healthy", "usedRatio": 0.27, "rssBytes": 142606336, "heapUsedBytes": 61865984 } */
  memory: Found;
  /** @example { "status": "healthy", "usedRatio": 0.12, "eventLoopDelayMs": 1.2, "cores": 2 } */
  cpu: Found;
  /** @example { "status": "healthy", "perSecond": 84.2, "errorRatio": 0, "p50Ms": 4, "p95Ms": 21, "p99Ms": 48 } */
  requests: Found;
  /** @example { "status": "healthy", "latencyMs": 0.6, "breaker": "closed" } */
  database: Found;
  /** @example { "status": "healthy", "storage": "memory" } */
  cache: Found;
  /** @example { "status": "off" } */
  realtime: Found;
  /** @example { "status": "healthy", "waiting": 0, "dead": 0 } */
  queue: Found;
  /** @example { "status": "healthy", "active": [] } */
  alerts: Found;
  /** @example { "status": "healthy", "waiting": 0 } */
  audit: Found;
  /** @example { "status": "healthy", "phase": "ready" } */
  lifecycle: Found;
  /** @example { "status": "healthy", "storage": "memory" } */
  rateLimits?: Found;
}

export class DetailedHealth extends HealthSummary {
  /** What readiness is made of. */
  checks: Pick<HealthReport, 'info' | 'error' | 'details'>;
  /** @example "v24.11.0" */
  node: string;
  pid: number;
}
