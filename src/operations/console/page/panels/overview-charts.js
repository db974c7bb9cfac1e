import { count, milliseconds, percent } from '../parts/format.js';

/** Which series stand together, in which words; `limits` names further ones whose alerts belong there. */
export const CHARTS = [
  {
    title: 'Requests a second',
    series: [{ name: 'requestsPerSecond', label: 'requests', colour: 'chart-1' }],
    format: count,
  },
  {
    title: 'Response time',
    series: [
      { name: 'latencyP95Ms', label: 'p95', colour: 'chart-1' },
      { name: 'latencyP50Ms', label: 'p50', colour: 'chart-2' },
      { name: 'latencyP99Ms', label: 'p99', colour: 'chart-3' },
    ],
    limits: ['lastMinuteLatencyP95Ms'],
    headline: 'lastMinuteLatencyP95Ms',
    format: milliseconds,
  },
  {
    title: 'Answers that are errors',
    series: [
      { name: 'errorRatio', label: '5xx', colour: 'chart-4' },
      { name: 'clientErrorRatio', label: '4xx', colour: 'chart-2' },
    ],
    limits: ['lastMinuteErrorRatio'],
    headline: 'lastMinuteErrorRatio',
    format: percent,
  },
  {
    title: 'Memory',
    series: [{ name: 'memoryRatio', label: 'of its limit', colour: 'chart-1' }],
    format: percent,
    most: 1,
  },
  {
    title: 'Processor',
    series: [{ name: 'cpuRatio', label: 'of all cores', colour: 'chart-1' }],
    format: percent,
    most: 1,
  },
  {
    title: 'Event loop delay',
    series: [{ name: 'eventLoopDelayP99Ms', label: 'p99', colour: 'chart-1' }],
    format: milliseconds,
  },
  {
    title: 'Database pool in use',
    series: [{ name: 'databasePoolRatio', label: 'of its connections', colour: 'chart-1' }],
    format: percent,
    most: 1,
  },
  {
    title: 'Calls that wait for the database',
    series: [{ name: 'databaseWaitingCalls', label: 'calls', colour: 'chart-1' }],
    format: count,
  },
  {
    title: 'Calls to the database',
    series: [
      { name: 'databaseLatencyP95Ms', label: 'p95', colour: 'chart-1' },
      { name: 'databaseLatencyP50Ms', label: 'p50', colour: 'chart-2' },
      { name: 'databaseLatencyP99Ms', label: 'p99', colour: 'chart-3' },
    ],
    format: milliseconds,
  },
  {
    title: 'Reads that the cache answers',
    series: [{ name: 'cacheHitRatio', label: 'of all reads', colour: 'chart-1' }],
    format: percent,
    most: 1,
  },
  {
    title: 'Requests without their answer yet',
    series: [{ name: 'requestsInFlight', label: 'requests', colour: 'chart-1' }],
    format: count,
  },
];
