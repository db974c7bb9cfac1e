// What the service does while its database fails in each of the ways that databases fail, and
// afterwards: nobody waits beyond the deadline, nothing acknowledged is lost, nothing is done twice.
import { setTimeout as delay } from 'node:timers/promises';
import { limitsOf, promisesOf } from './database/promises.mjs';
import { DatabaseSetting } from './database/setting.mjs';
import { STATES, statesOf } from './database/states.mjs';
import { judge, medianMsOf } from './kit/judge.mjs';
import { Load, recoveryMs, summaryOf } from './kit/load.mjs';
import { Watch } from './kit/watch.mjs';
import { Writes } from './kit/writes.mjs';

export const about =
  'the database refuses, resets, freezes, vanishes, is slow, locked, full, read-only or elsewhere';

export const parts = STATES;

/** By then the breaker has opened in the states that open it. */
const BREAKER_OPENS_MS = 1_500;

export default async function databaseDrill(drill) {
  const form = drill.isShort
    ? { perSecond: 30, holdMs: 2_500, calmMs: 1_000, deadlineMs: 2_000 }
    : { perSecond: 60, holdMs: 12_000, calmMs: 3_000, deadlineMs: 10_000 };
  const setting = await DatabaseSetting.make(drill, form.deadlineMs);
  const patienceMs = limitsOf(drill).recovery + 3_000;
  const results = [];
  for (const state of statesOf(drill, setting)) {
    if (!drill.isWanted(state.name)) continue;
    drill.say(`database: ${state.name}`);
    await state.prepares?.();
    const result = await through(state, setting, { ...form, patienceMs });
    results.push(result);
    drill.row(rowOf(result));
  }
  judge(drill, promisesOf(form.deadlineMs, drill), results);
}

/** Load before, during and after one state, and what became of it. */
async function through(state, setting, { perSecond, holdMs, calmMs, patienceMs }) {
  const { proxy, url } = setting;
  const writes = new Writes(setting);
  const watch = new Watch(url).start();
  const next = (number) => state.asks?.(number) ?? writes.next(number);
  const load = new Load({ url, perSecond, next }).start();
  await delay(calmMs);

  const brokenAt = performance.now();
  await state.breaks();
  const isBrokenAt = performance.now();
  await delay(BREAKER_OPENS_MS);
  const takenBefore = proxy.accepted;
  const restMs = Math.max(holdMs, state.leastMs ?? 0) - BREAKER_OPENS_MS;
  await delay(restMs);
  const trials = proxy.accepted - takenBefore;
  const isBrokenUntil = performance.now();
  await state.mends();
  const mendedAt = performance.now();
  const takenAtMend = proxy.accepted;

  await settled(load, mendedAt, calmMs, patienceMs);
  const records = await load.stop();
  const { lost, doubled } = await writes.count(records, state.observes ?? setting.observed);
  return {
    state,
    records,
    lost,
    doubled,
    trials,
    trialSeconds: restMs / 1_000,
    // sent, and answered, while it was broken
    during: records.filter(
      ({ sentAt, tookMs }) => sentAt > isBrokenAt && sentAt + tookMs < isBrokenUntil,
    ),
    reconnects: proxy.accepted - takenAtMend,
    recoveryMs: recoveryMs(records, mendedAt),
    refusals: records.filter(
      ({ status, sentAt }) =>
        status === 503 && sentAt > brokenAt + BREAKER_OPENS_MS && sentAt < mendedAt,
    ),
    ...(await watch.stop()),
  };
}

/** Goes on until all requests have succeeded for so long, or for as long as a recovery may take. */
async function settled(load, mendedAt, calmMs, patienceMs) {
  while (performance.now() < mendedAt + patienceMs) {
    await delay(100);
    const lastFailure = mendedAt + Math.min(recoveryMs(load.records, mendedAt), patienceMs);
    if (performance.now() > lastFailure + calmMs) return;
  }
}

function rowOf(result) {
  const { state, records, recoveryMs: recovery, lost, doubled, refusals } = result;
  return {
    state: state.name,
    ...summaryOf(records),
    'open breaker ms': state.opensBreaker ? medianMsOf(refusals) : '',
    'back after s': Number.isFinite(recovery) ? (recovery / 1_000).toFixed(1) : 'never',
    lost: lost.length,
    doubled: doubled.length,
  };
}
