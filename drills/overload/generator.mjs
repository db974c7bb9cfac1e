// A load in a process of its own, so that it takes its time from nobody whom it measures. Its one
// argument says what to do, in JSON; what it prints when it is done is what became of it.
//   { url, token, seconds, clients }    each client sends its next request when the last is answered
//   { url, token, seconds, perSecond }  so many a second, whether or not those before are answered
// `kinds` are those of kinds.mjs that are asked for in turn, the mix unless given.
import { Agent } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, isGood } from '../kit/load.mjs';
import { KINDS, MIX } from './kinds.mjs';

const TURN_MS = 5;
const MOST_UNDER_WAY = 1_500;

const { token, seconds, clients, perSecond, kinds = MIX, ...target } = JSON.parse(process.argv[2]);
const url = new URL(target.url);
if (!['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
  throw new Error(`a load is only ever put on this machine, not on ${url.href}`);
}
const agent = new Agent({
  keepAlive: true,
  maxSockets: MOST_UNDER_WAY,
  maxFreeSockets: MOST_UNDER_WAY,
});
const lateness = monitorEventLoopDelay({ resolution: 10 });
const answers = [];
let sent = 0;
let unsent = 0;

if (perSecond) await openConnections();
lateness.enable();
const start = performance.now();
const endAt = start + seconds * 1_000;
await (clients ? closedLoop() : openLoop());
const lasted = (performance.now() - start) / 1_000;
lateness.disable();
agent.destroy();
print();

/** As a load balancer has them. Node accepts one a turn, so that five hundred at once would wait for each other. */
async function openConnections() {
  await Promise.all(
    Array.from({ length: MOST_UNDER_WAY }, () => ask(url, { path: '/ping' }, agent)),
  );
}

async function closedLoop() {
  await Promise.all(Array.from({ length: clients }, client));
}

async function client() {
  while (performance.now() < endAt) await one();
}

async function openLoop() {
  const underWay = new Set();
  for (let now = start; now < endAt; now = performance.now()) {
    for (let due = ((now - start) / 1_000) * perSecond - sent - unsent; due >= 1; due--) {
      if (underWay.size >= MOST_UNDER_WAY) {
        unsent++;
        continue;
      }
      const call = one().finally(() => underWay.delete(call));
      underWay.add(call);
    }
    await delay(TURN_MS);
  }
  await Promise.all(underWay);
}

async function one() {
  const number = sent++;
  const headers = { authorization: `Bearer ${token}` };
  const kind = kinds[number % kinds.length];
  const sentAt = performance.now();
  const { status, problem, retryAfter } = await ask(url, { path: KINDS[kind], headers }, agent);
  answers.push({ kind, status, problem, retryAfter, tookMs: performance.now() - sentAt });
}

function print() {
  const good = answers.filter(isGood);
  const refused = answers.filter(({ status }) => status === 503);
  const others = answers.filter((answer) => !isGood(answer) && answer.status !== 503);
  const result = {
    sent,
    unsent,
    perSecond: sent / lasted,
    good: good.length,
    goodPerSecond: good.length / lasted,
    perSecondOf: Object.fromEntries(
      kinds.map((kind) => [kind, good.filter((answer) => answer.kind === kind).length / lasted]),
    ),
    refused: refused.length,
    withoutRetryAfter: refused.filter(({ retryAfter }) => !(Number(retryAfter) >= 1)).length,
    others: others.length,
    other: others[0] && `${others[0].status} ${others[0].problem}`,
    goodMs: percentilesOf(good),
    refusedMs: percentilesOf(refused),
    ownLatenessMs: lateness.percentile(99) / 1e6 - 10,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

function percentilesOf(some) {
  const sorted = some.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
