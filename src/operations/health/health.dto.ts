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

export class DetailedHealth extends HealthReport {
  /** @example "0.1.0" */
  version: string;
  /** @example "v24.11.0" */
  node: string;
  pid: number;
}

export class HealthSummary {
  /** Degraded still serves; unhealthy does not. */
  status: 'healthy' | 'degraded' | 'unhealthy';
  timestamp: Date;
  uptimeSeconds: number;
  /** @example "0.1.0" */
  version: string;
  /** @example "production" */
  environment: string;
  memory: { rssBytes: number; heapUsedBytes: number };
  /** @example { "status": "up", "phase": "ready" } */
  lifecycle?: Found;
  /** @example { "status": "up", "latencyMs": 0.6 } */
  database?: Found;
  /** @example { "status": "up", "storage": "memory" } */
  rateLimits?: Found;
}
