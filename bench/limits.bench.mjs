// What counting costs a request: one tier, counters as they are wired, hits one after the other.
// Each sample is a batch of hits, since one alone is shorter than the clock is exact. Rows of Redis
// are missing where none answers at TEST_REDIS_URL (redis://127.0.0.1:6379).
import { fromDist } from '../scripts/command-line.mjs';
import { isQuick, median, printTable, round } from './table.mjs';

const { RateLimitCounters } = await fromDist('edge/rate-limit/counters.js');
const { WindowCounts } = await fromDist('edge/rate-limit/window-counts.js');
const { loadConfig } = await fromDist('platform/config/load-config.js');
const { createLog } = await fromDist('platform/logging/log.js');
const { RedisConnection } = await fromDist('platform/redis/redis-connection.js');
const { HealthParts } = await fromDist('platform/telemetry/health-parts.js');

const WINDOW_MS = 60_000;
const ROUNDS = isQuick ? 40 : 200;
const log = await createLog(loadConfig({ NODE_ENV: 'test' }, '/dev/null').config, { write() {} });
const run = `bench-${process.pid}`;
const address = (number) => `${run}:${number}`;

const countersOn = (connection) => new RateLimitCounters(connection, new HealthParts());
const inMemory = () => countersOn(connect());
const rows = [];
for (const keys of [1, 10_000, 1_000_000]) {
  const last = Math.min(keys, 10_000); // of a million, the first are forgotten
  const counters = inMemory();
  await hit(counters, keys, (index) => address(index));
  const known = await measure(counters, 1_000, (index) => address(keys - 1 - (index % last)));
  const fresh = await measure(counters, 1_000, (index) => address(keys + index));
  rows.push([`memory, ${count(keys)} keys`, round(known), round(fresh)]);
}
for (const hits of [1, 100_000]) {
  const counters = inMemory();
  await hit(counters, hits, () => address(0));
  const known = await measure(counters, 1_000, () => address(0));
  rows.push([`memory, one key after ${count(hits)} hits`, round(known), '']);
}
const connection = connect({ REDIS_URL: process.env.TEST_REDIS_URL || 'redis://127.0.0.1:6379' });
for (const keys of [1, 10_000]) {
  if (!(await redisAnswers())) continue;
  const counters = countersOn(connection);
  await hit(counters, keys, (index) => address(index));
  const known = await measure(counters, 20, (index) => address(index % keys));
  // a Redis that is late once is left alone for a second, and what was measured is memory
  const isRedis = connection.state === 'redis';
  rows.push([`Redis, ${count(keys)} keys`, isRedis ? round(known) : 'too late', '']);
}
connection.onApplicationShutdown();
printTable('limits: what a hit costs, µs', ['counted in', 'known key', 'new key'], rows);

const memory = [10_000, 100_000, 1_000_000].map((keys) => {
  const counts = new WindowCounts(WINDOW_MS);
  const before = heapMegabytes();
  for (let index = 0; index < keys; index += 1) counts.add(address(index));
  const used = heapMegabytes() - before;
  return [count(keys), count(counts.size), round(used)];
});
printTable('limits: the memory of a window length', ['keys seen', 'keys held', 'MB'], memory);

/** Microseconds a hit: the median of the rounds. */
async function measure(counters, batch, keyOf) {
  const samples = [];
  let next = 0;
  for (let turn = -ROUNDS / 4; turn < ROUNDS; turn += 1) {
    const keys = Array.from({ length: batch }, () => keyOf(next++));
    const start = performance.now();
    for (const key of keys) await counters.add(key, WINDOW_MS, 100);
    if (turn >= 0) samples.push(((performance.now() - start) * 1_000) / batch);
  }
  return median(samples);
}

async function hit(counters, times, keyOf) {
  for (let index = 0; index < times; index += 1) {
    await counters.add(keyOf(index), WINDOW_MS, 100);
  }
}

function connect(environment = {}) {
  const { config } = loadConfig({ NODE_ENV: 'test', ...environment }, '/dev/null');
  return new RedisConnection(config, log);
}

/** Whether Redis is there, within two seconds. */
async function redisAnswers() {
  for (let tries = 0; tries < 40 && connection.state !== 'redis'; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return connection.state === 'redis';
}

function heapMegabytes() {
  globalThis.gc();
  return process.memoryUsage().heapUsed / 1_048_576;
}

function count(number) {
  return number.toLocaleString('en');
}
