import { count, milliseconds, percent } from '../parts/format.js';

/** Which series stand together, in which words, and which alert rules belong to them. */
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
    format: milliseconds,
  },
  {
    title: 'Answers that are errors',
    series: [
      { name: 'errorRatio', label: '5xx', colour: 'chart-4' },
      { name: 'clientErrorRatio', label: '4xx', colour: 'chart-2' },
    ],
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
];
