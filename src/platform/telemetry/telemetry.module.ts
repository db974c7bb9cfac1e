import { Global, Module } from '@nestjs/common';
import { HealthParts } from './health-parts.js';
import { Metrics } from './metrics.js';
import { Monitor } from './monitor.js';
import { RequestTrail } from './request-trail.js';
import { SecurityEvents } from './security-events.js';

const signals = [HealthParts, Metrics, Monitor, RequestTrail, SecurityEvents];

/** Signals that every floor may write to and operations read. */
@Global()
@Module({ providers: signals, exports: signals })
export class TelemetryModule {}
