// What becomes of the requests, streams, writes and log lines of a service that is told to stop under
// load, told so twice, or stops for an error that nobody caught.
import { setTimeout as delay } from 'node:timers/promises';
import { judge } from './kit/judge.mjs';
import { isGood, Load, summaryOf } from './kit/load.mjs';
import { Writes } from './kit/writes.mjs';
import { CUT_OFF, promisesOf, REFUSED } from './shutdown/promises.mjs';
import { Reader } from './shutdown/reader.mjs';
import { ShutdownSetting } from './shutdown/setting.mjs';
import { SlowSender } from './shutdown/slow-sender.mjs';

export const about =
  'SIGTERM under load, a second signal, an error or a rejection that nobody caught';

export const parts = ['SIGTERM', 'second signal', 'uncaught exception', 'unhandled rejection'];

const SLOW_SENDERS = 3;
const READERS = 2;
const WRITES_EVERY = 4;

export default async function shutdownDrill(drill) {
  const form = drill.isShort
    ? { rounds: 1, perSecond: 40, calmMs: 1_000, mostUnderWay: 6 }
    : { rounds: 10, perSecond: 200, calmMs: 3_000, mostUnderWay: 50 };
  const rounds = Array.from({ length: form.rounds }, (_, i) => ({
    name: `SIGTERM ${i + 1}`,
    part: 'SIGTERM',
    isOrderly: true,
    exitCode: 0,
    stops: (service) => service.signal('SIGTERM'),
  }));
  const states = [...rounds, twice, uncaught, unhandled].filter(({ part }) => drill.isWanted(part));
  const setting = await ShutdownSetting.make(drill);
  const results = [];
  for (const state of states) {
    drill.say(`shutdown: ${state.name}`);
    const result = await through(state, setting, form);
    results.push(result);
    drill.row(rowOf(result));
  }
  judge(drill, promisesOf({ judgesSpeed: !drill.isShort }), results);
}

/** Nobody waits for the end of the grace any more. */
const twice = {
  name: 'second signal',
  part: 'second signal',
  exitCode: 143,
  async stops(service) {
    service.signal('SIGTERM');
    await service.said(/stopping: not ready any more/);
    service.signal('SIGTERM');
  },
};
const uncaught = {
  name: 'uncaught exception',
  part: 'uncaught exception',
  isOrderly: true,
  exitCode: 1,
  stops: (service) => service.signal('SIGUSR2'),
  throws: 'uncaughtException',
};
const unhandled = {
  name: 'unhandled rejection',
  part: 'unhandled rejection',
  isOrderly: true,
  exitCode: 1,
  stops: (service) => service.signal('SIGUSR2'),
  throws: 'unhandledRejection',
};

/** Load until the service is gone, and what became of it. */
async function through(state, setting, { perSecond, calmMs, mostUnderWay }) {
  const { service, url, token } = await setting.start(state.throws);
  const writes = new Writes(setting);
  const next = (number) =>
    number % WRITES_EVERY === 0
      ? writes.next(number / WRITES_EVERY)
      : { kind: 'read', path: '/v1/users/me', headers: { authorization: `Bearer ${token}` } };
  const load = new Load({ url, perSecond, next, mostUnderWay }).start();
  const readers = Array.from({ length: READERS }, () => new Reader(url, token));
  const senders = Array.from({ length: SLOW_SENDERS }, () => new SlowSender(url));
  await Promise.all([...readers, ...senders].map(({ isUnderWay }) => isUnderWay));
  await delay(calmMs);

  const toldAt = performance.now();
  await state.stops(service);
  const notReadyAt = state.isOrderly ? await setting.untilNotReady(url) : undefined;
  void service.said(/no new connections: finishing what is in flight/).then(
    () => senders.forEach((sender) => sender.finish()),
    () => undefined,
  );
  const exitCode = await service.exit;
  const tookMs = performance.now() - toldAt;
  await delay(Math.min(calmMs, 500)); // the door is shut by now
  const records = await load.stop();
  const { lost, doubled } = await writes.count(records, setting.database);
  return {
    state,
    records,
    toldAt,
    notReadyAt,
    exitCode,
    tookMs,
    output: service.output,
    unlogged: unloggedOf(records, service.output),
    sent: await Promise.all(senders.map(({ status }) => status)),
    heard: await Promise.all(readers.map(({ lastWords }) => lastWords)),
    lost,
    doubled,
  };
}

/** How many more requests were answered than have a line in the log. */
function unloggedOf(records, output) {
  const lines = output.match(/"msg":"(slow )?request"/g)?.length ?? 0;
  return Math.max(0, records.filter(({ status }) => status !== 0).length - lines);
}

function rowOf({ state, records, exitCode, tookMs, sent, heard, lost, doubled, unlogged }) {
  const { 'slowest ms': slowest, ...summary } = summaryOf(records);
  const count = (problem) => records.filter(problem).length;
  return {
    state: state.name,
    ...summary,
    'refused after': count(REFUSED),
    reset: count(CUT_OFF),
    'slowest ms': slowest,
    'half-sent finished': sent.filter((status) => isGood({ status })).length,
    'streams told': heard.filter((words) => words.includes('bye')).length,
    'exit code': exitCode ?? '',
    'gone after ms': Math.round(tookMs),
    lost: lost.length,
    doubled: doubled.length,
    'log lines lost': unlogged,
  };
}
