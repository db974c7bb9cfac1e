import type { Config } from '../config/config.js';
import type { Log } from '../logging/log.js';
import { NoTracing, type Tracing } from './tracing.js';

/** Loads OpenTelemetry when there is somewhere to send to. */
export async function openTracing(config: Config, log: Log): Promise<Tracing> {
  if (!config.OTEL_EXPORTER_OTLP_ENDPOINT) return new NoTracing();
  const { OpenTelemetry } = await import('./open-telemetry.js');
  return new OpenTelemetry(config, log);
}
