// What watching costs a request: the monitor's observation, the tally of the metrics, and for
// comparison the same through prom-client's own counter and histogram. Each sample is a batch, since
// one observation is shorter than the clock is exact.
import { Counter, Histogram, Registry } from 'prom-client';
import { fromDist } from '../scripts/command-line.mjs';
import { isQuick, median, printTable, round } from './table.mjs';

const { RouteTallies } = await fromDist('edge/transport/route-tallies.js');
const { loadConfig } = await fromDist('platform/config/load-config.js');
const { createLog } = await fromDist('platform/logging/log.js');
const { Metrics } = await fromDist('platform/telemetry/metrics.js');
const { Monitor } = await fromDist('platform/telemetry/monitor.js');

const BATCH = 10_000;
const ROUNDS = isQuick ? 40 : 200;
const ROUTES = Array.from({ length: 60 }, (_, index) => `/v1/things-${index}/:id`);
const STATUSES = [200, 200, 200, 200, 201, 204, 400, 401, 404, 500];

const { config } = loadConfig({ NODE_ENV: 'test' }, '/dev/null');
const monitor = new Monitor(config, await createLog(config, { write() {} }));
const tallies = new RouteTallies(new Metrics());
const registers = [new Registry()];
const labelNames = ['method', 'route', 'status'];
const counter = new Counter({ name: 'requests_total', help: 'x', labelNames, registers });
const histogram = new Histogram({ name: 'seconds', help: 'x', labelNames, registers });

const rows = [
  ['the monitor', round(measure((ms, status) => monitor.observe(ms, status)))],
  [
    'metrics, as they are wired',
    round(measure((ms, status, route) => tallies.add(route, 'GET', status, ms / 1_000))),
  ],
  [
    "prom-client's counter and histogram",
    round(
      measure((ms, status, route) => {
        const labels = { method: 'GET', route, status };
        counter.inc(labels);
        histogram.observe(labels, ms / 1_000);
      }),
    ),
  ],
];
monitor.onApplicationShutdown();
printTable('monitor: what an observation costs, µs', ['observed by', 'a request'], rows);
printTable(
  'monitor: memory',
  ['series', 'MB'],
  [[monitor.seriesNames.length, round(monitor.bytes / 1_048_576)]],
);

/** Microseconds an observation: the median of the rounds. */
function measure(observe) {
  const samples = [];
  for (let turn = -ROUNDS / 4; turn < ROUNDS; turn += 1) {
    const start = performance.now();
    for (let index = 0; index < BATCH; index += 1) {
      const status = STATUSES[index % STATUSES.length];
      observe(0.5 + ((index * 7_919) % 1_000), status, ROUTES[index % ROUTES.length]);
    }
    if (turn >= 0) samples.push(((performance.now() - start) * 1_000) / BATCH);
  }
  return median(samples);
}
