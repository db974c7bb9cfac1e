// What a line of the log costs the request that writes it: from the call to the finished line, which
// goes nowhere. Writing it is done behind the request.
import { Bench } from 'tinybench';
import { fromDist } from '../scripts/command-line.mjs';
import { printTable, round } from './table.mjs';

const { loadConfig } = await fromDist('platform/config/load-config.js');
const { createLog } = await fromDist('platform/logging/log.js');
const { runInContext } = await fromDist('platform/telemetry/request-context.js');

const { config } = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'info' }, '/dev/null');
const log = await createLog(config, { write() {} });
const http = log.of('http');
const id = '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11';
const access = () => ({
  requestId: id,
  method: 'GET',
  path: '/v1/users/me',
  route: '/v1/users/me',
  status: 200,
  durationMs: 1.2,
  bytes: 214,
  address: '203.0.113.7',
  user: id,
  aborted: undefined,
});
const error = new Error('it broke', { cause: new Error('something below it broke') });
const secrets = {
  headers: { authorization: 'Bearer abcdefghijkl', cookie: 'sid=abcdefghijkl' },
  url: 'https://me:hunter22@example.com/?token=abcdefghijkl&to=ada@example.com',
};
const kinds = {
  'an access line': () => http.info(access(), 'request'),
  'a line that is not written': () => http.debug({ id }, 'not written'),
  'an error with its cause': () => log.error({ err: error }, 'failed'),
  'fields full of secrets': () => log.info(secrets, 'full'),
};

const bench = new Bench({ time: 1_000, warmupTime: 300 });
for (const [name, write] of Object.entries(kinds)) bench.add(name, write);
await runInContext({ requestId: id, address: '203.0.113.7', userAgent: undefined }, () =>
  bench.run(),
);

const rows = bench.tasks.map(({ name, result }) => {
  if (result.state !== 'completed') throw result.error ?? new Error(`${name} did not run.`);
  return [name, round(result.latency.p50 * 1_000), round(result.latency.p99 * 1_000)];
});
printTable('log: from the call to the finished line', ['line', 'µs', 'p99'], rows);
