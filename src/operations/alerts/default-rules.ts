import type { Config } from '#platform/config/config';
import type { AlertRule } from './alert-rule.js';

/** Below the threshold, so that a value that stays near it does not raise and resolve in turns. */
const CLEAR_SHARE = 0.9;

/** The rules that every installation has; `ALERT_…` and administrators change their numbers. */
export function defaultRules(config: Config): AlertRule[] {
  return [
    rule('memory', 'Memory is nearly used up', {
      series: 'memoryRatio',
      threshold: config.ALERT_MEMORY_PERCENT / 100,
      forSeconds: 60,
    }),
    rule('cpu', 'The processors are nearly used up', {
      series: 'cpuRatio',
      threshold: config.ALERT_CPU_PERCENT / 100,
      forSeconds: 60,
    }),
    rule('error-rate', 'Too many requests fail', {
      series: 'lastMinuteErrorRatio',
      threshold: config.ALERT_ERROR_PERCENT / 100,
      minimumRequests: 20,
    }),
    rule('response-time', 'Requests take too long', {
      series: 'lastMinuteLatencyP95Ms',
      threshold: config.ALERT_RESPONSE_TIME_MS,
      minimumRequests: 5,
    }),
    rule('event-loop', 'The event loop is held up', {
      series: 'eventLoopDelayP99Ms',
      threshold: 500,
      forSeconds: 30,
    }),
    rule('database', 'The database does not answer', {
      series: 'databaseBreakerOpen',
      threshold: 0,
      clearAt: 0,
      forSeconds: 10,
      severity: 'critical',
    }),
    rule('component', 'A part of the service is degraded', {
      series: 'unwellParts',
      threshold: 0,
      clearAt: 0,
      forSeconds: 60,
      severity: 'medium',
    }),
  ];
}

function rule(
  id: string,
  title: string,
  { threshold, ...settings }: Partial<AlertRule> & Pick<AlertRule, 'series' | 'threshold'>,
): AlertRule {
  return {
    id,
    title,
    comparison: 'above',
    threshold,
    // to the digits that people read: 0.72, not 0.7200000000000001
    clearAt: Number((threshold * CLEAR_SHARE).toPrecision(12)),
    forSeconds: 0,
    minimumRequests: 0,
    severity: 'byExcess',
    isEnabled: true,
    ...settings,
  };
}
