// What the request guard costs: the walk over a parsed body, up to the verdict. Each sample has a
// body of its own, parsed just before, as a request has: strings that were read before are cheaper.
import { Bench } from 'tinybench';
import { fromDist } from '../scripts/command-line.mjs';
import { bodies } from './bodies.mjs';
import { isQuick, printTable, round } from './table.mjs';

const { defaultThresholds } = await fromDist('edge/request-guard/inspect.js');
const { RequestInspection } = await fromDist('edge/request-guard/request-inspection.js');
const { Walk } = await fromDist('edge/request-guard/walk.js');

const bench = new Bench({
  time: isQuick ? 300 : 1_500,
  warmupTime: isQuick ? 100 : 500,
  iterations: 20,
});
const sizes = new Map();
for (const [name, body] of Object.entries(bodies)) {
  const json = JSON.stringify(body);
  sizes.set(name, Buffer.byteLength(json) / 1_024);
  let parsed;
  const inspect = () => new Walk(new RequestInspection(defaultThresholds)).run(parsed, 'body');
  bench.add(name, inspect, { beforeEach: () => void (parsed = JSON.parse(json)) });
}
await bench.run();

const rows = bench.tasks.map(({ name, result }) => {
  if (result.state !== 'completed') throw result.error ?? new Error(`${name} did not run.`);
  const { p50, p99 } = result.latency;
  const kilobytes = sizes.get(name);
  const perKilobyte = kilobytes < 0.5 ? '' : round((p50 * 1_000) / kilobytes);
  return [name, kilobytes.toFixed(1), round(p50 * 1_000), round(p99 * 1_000), perKilobyte];
});
printTable(
  'guard: from the parsed body to the verdict',
  ['body', 'KB', 'µs', 'p99', 'µs per KB'],
  rows,
);
