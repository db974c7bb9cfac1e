// What two services on one database and one Redis do while that fails in each of the ways that it
// can: nobody notices, nobody stays signed in who was signed out, and all is shared again afterwards.
import { setTimeout as delay } from 'node:timers/promises';
import { Load, summaryOf } from './kit/load.mjs';
import { Watch } from './kit/watch.mjs';
import { judge } from './kit/judge.mjs';
import { BACK_MS, medianMsOf, promisesOf } from './redis/promises.mjs';
import { RedisSetting } from './redis/setting.mjs';
import { STATES, statesOf } from './redis/states.mjs';

export const about =
  'Redis is killed, refuses, resets, freezes, vanishes, is slow, flushed or restarted';

export const parts = STATES;

export default async function redisDrill(drill) {
  const form = drill.isShort ? { perSecond: 20, holdMs: 3_000 } : { perSecond: 60, holdMs: 10_000 };
  const setting = await RedisSetting.make(drill);
  const results = [];
  for (const state of statesOf(drill, setting)) {
    if (!drill.isWanted(state.name)) continue;
    drill.say(`redis: ${state.name}`);
    const result = await through(state, setting, form);
    results.push(result);
    drill.row(rowOf(result));
  }
  judge(drill, promisesOf(drill), results);
}

/** Load before, during and after one state, and what became of it. */
async function through(state, setting, { perSecond, holdMs }) {
  await setting.untilStorageIs('redis');
  const watch = new Watch(setting.url).start();
  const load = new Load({ url: setting.url, perSecond, next: (n) => setting.read(n) }).start();
  await delay(1_500);

  const brokenAt = performance.now();
  const takenBefore = setting.proxy.accepted;
  await state.breaks();
  const staysSignedInMs = await setting.endSessionHereAndTryItThere();
  const isDegraded = state.isAway
    ? await setting.untilStorageIs('degraded', holdMs).then(
        () => true,
        () => false,
      )
    : undefined;
  await delay(Math.max(0, brokenAt + holdMs - performance.now()));
  const connections = setting.proxy.accepted - takenBefore;
  const heldSeconds = (performance.now() - brokenAt) / 1_000;
  await state.mends();
  const mendedAt = performance.now();
  const backMs = await setting.untilStorageIs('redis', BACK_MS * 2).then(
    () => performance.now() - mendedAt,
    () => Infinity,
  );
  const records = await load.stop();
  return {
    state,
    records,
    before: records.filter(({ sentAt }) => sentAt < brokenAt),
    during: records.filter(({ sentAt }) => sentAt >= brokenAt && sentAt < mendedAt),
    staysSignedInMs,
    isDegraded,
    connections,
    heldSeconds,
    backMs,
    ...(await watch.stop()),
  };
}

function rowOf({ state, records, before, during, staysSignedInMs, connections, backMs }) {
  return {
    state: state.name,
    ...summaryOf(records),
    'median ms before': medianMsOf(before),
    during: medianMsOf(during),
    'signed out elsewhere after ms': Math.round(staysSignedInMs),
    connections,
    'back after s': Number.isFinite(backMs) ? (backMs / 1_000).toFixed(1) : 'never',
  };
}
