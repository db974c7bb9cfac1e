// What the service does while the disks that it writes to itself are full: the log's, its own data's,
// its own data's while the database takes no writes either, so that nothing can be recorded, and that
// of the embedded database.
import { setTimeout as delay } from 'node:timers/promises';
import { isExpected, promisesOf, recoveryLimitMs } from './disk/promises.mjs';
import { DiskSetting, EmbeddedDiskSetting } from './disk/setting.mjs';
import { judge } from './kit/judge.mjs';
import { isGood, Load, recoveryMs, summaryOf } from './kit/load.mjs';
import { Watch } from './kit/watch.mjs';

export const about =
  'the disks of logs, data and embedded database are full, also while the server is read-only';

export const parts = [
  'logs full',
  'data full',
  'data full and database read-only',
  'embedded database full',
];

const PAUSE_MS = 100;
/** So long without a failure after the repair is enough. */
const CALM_MS = 1_000;
/** So long an embedded database may write what it has room for. */
const MOST_WRITTEN_MS = 60_000;

export default async function diskDrill(drill) {
  const form = drill.isShort
    ? { perSecond: 15, holdMs: 2_500, mostUnderWay: 6 }
    : { perSecond: 30, holdMs: 10_000, mostUnderWay: 12 };
  const patienceMs = recoveryLimitMs(drill) + 3_000;
  const setting = await DiskSetting.make(drill);
  const { server, logDisk, dataDisk } = setting;
  const setReadOnly = (value) =>
    server.administer([
      `ALTER SYSTEM SET default_transaction_read_only = ${value}`,
      'SELECT pg_reload_conf()',
    ]);
  const states = [
    {
      name: 'logs full',
      goesOn: true,
      breaks: () => logDisk.fill(),
      mends: () => logDisk.empty(),
    },
    {
      name: 'data full',
      goesOn: true,
      takesNoFiles: true,
      breaks: () => dataDisk.fill(),
      mends: () => dataDisk.empty(),
    },
    {
      name: 'data full and database read-only',
      keepsNothing: true,
      async breaks() {
        dataDisk.fill();
        await setReadOnly('on');
      },
      async mends() {
        dataDisk.empty();
        await setReadOnly('off');
      },
    },
    {
      name: 'embedded database full',
      isEmbedded: true,
      prepares: () => EmbeddedDiskSetting.make(drill),
      breaks: (disk) => disk.fill(),
      mends: (disk) => disk.empty(),
    },
  ];
  const results = [];
  for (const state of states) {
    if (!drill.isWanted(state.name)) continue;
    drill.say(`disk: ${state.name}`);
    const itsSetting = (await state.prepares?.()) ?? setting;
    const result = await through(state, itsSetting, { ...form, patienceMs });
    result.verdict = (await itsSetting.verdict()).verdict;
    results.push(result);
    drill.row(rowOf(result));
  }
  const records = results
    .filter(({ state }) => !state.isEmbedded)
    .flatMap((result) => result.records);
  const unlogged = await setting.unlogged(drill, records);
  for (const result of results) result.unlogged = unlogged;
  judge(drill, promisesOf(drill), results);
}

async function through(state, setting, { perSecond, holdMs, mostUnderWay, patienceMs }) {
  const { url, dataDisk } = setting;
  const watch = new Watch(url).start();
  const next = (number) => setting.next(number);
  const load = new Load({ url, perSecond, mostUnderWay, next }).start();
  await state.breaks(dataDisk);
  const brokenAt = performance.now();
  const upload = await setting.upload();
  await delay(holdMs);
  // a database has room in files that it made beforehand
  while (state.isEmbedded && !load.records.some(isRefused) && !isOver(brokenAt))
    await delay(PAUSE_MS);
  const health = await setting.health();
  await state.mends(dataDisk);
  const mendedAt = performance.now();
  const recovery = () => recoveryMs(load.records.map(asGood), mendedAt);
  const lastFailure = () => mendedAt + Math.min(recovery(), patienceMs);
  do await delay(PAUSE_MS);
  while (performance.now() < mendedAt + patienceMs && performance.now() < lastFailure() + CALM_MS);
  const uploadAfter = await setting.upload();
  const records = await load.stop();
  return {
    state,
    records,
    during: records.filter(({ sentAt, tookMs }) => sentAt > brokenAt && sentAt + tookMs < mendedAt),
    upload,
    uploadAfter,
    health,
    healthAfter: await setting.healthOnceIt(({ audit }) => audit.status === 'healthy'),
    recoveryMs: recovery(),
    ...(await setting.account(records)),
    ...(await watch.stop()),
  };
}

const isRefused = ({ status }) => status === 503;
const isOver = (brokenAt) => performance.now() > brokenAt + MOST_WRITTEN_MS;

/** A sign-in with a wrong password has what it should have. */
function asGood(record) {
  return isExpected(record) ? { ...record, status: 200 } : record;
}

function rowOf({ state, records, during, upload, uploadAfter, health, lost, doubled, ...rest }) {
  return {
    state: state.name,
    ...summaryOf(records),
    'reads done': during.filter((record) => record.kind === 'read' && isGood(record)).length,
    'upload, after': `${upload}, ${uploadAfter}`,
    'audit says': health.audit.storage,
    'back after s': Number.isFinite(rest.recoveryMs)
      ? (rest.recoveryMs / 1_000).toFixed(1)
      : 'never',
    lost: lost.length,
    doubled: doubled.length,
  };
}
