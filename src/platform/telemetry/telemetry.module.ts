import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { HealthParts } from './health-parts.js';
import { Metrics } from './metrics.js';
import { Monitor } from './monitor.js';
import { RequestTrail } from './request-trail.js';
import { SecurityEvents } from './security-events.js';
import { openTracing } from './open-tracing.js';
import { Tracing } from './tracing.js';

const signals = [
  HealthParts,
  Metrics,
  Monitor,
  RequestTrail,
  SecurityEvents,
  { provide: Tracing, useFactory: openTracing, inject: [Config, Log] },
];

/** Signals that every floor may write to and operations read. */
@Global()
@Module({ providers: signals, exports: signals })
export class TelemetryModule {}
