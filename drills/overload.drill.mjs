// What the service does with ten times as many requests as it can do: as much as it can, well, and a
// quick refusal for the rest.
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { signIn } from './kit/accounts.mjs';
import { OwnProcess, ownDirectory, pin } from './kit/own-process.mjs';
import { scratchDatabase } from './kit/scratch-database.mjs';
import { Service } from './kit/service.mjs';
import { Watch } from './kit/watch.mjs';
import { KINDS } from './overload/kinds.mjs';
import { MemoryWatch } from './overload/memory-watch.mjs';
import { doesAsMuch, judgeOverload, MOST_SEAL_SECONDS } from './overload/promises.mjs';

export const about = 'ten times as many requests as it can do, for half a minute';

/** Each phase is measured by the one before. */
export const parts = [];

const GENERATOR = fileURLToPath(new URL('overload/generator.mjs', import.meta.url));
const TIMES = 10;
/** One processor for the service and its database, the other for who asks: neither is to slow the other. */
const [ITS, OURS] = [0, 1];
const CLIENTS = 16;
/** How often it is looked: right after the crowd some runs are a fifth slower, ten seconds later they are not. */
const MOST_AFTER = 3;
/** Entries that wait to be sealed in quiet times. */
const FEW = 100;

export default async function overloadDrill(drill) {
  const form = drill.isShort
    ? { warmSeconds: 2, aloneSeconds: 1, peakSeconds: 3, overSeconds: 5, afterSeconds: 3 }
    : { warmSeconds: 10, aloneSeconds: 3, peakSeconds: 10, overSeconds: 30, afterSeconds: 10 };
  const database = await scratchDatabase(drill, (pid) => void pin(pid, ITS));
  const service = Service.start(drill, {
    DATABASE_URL: database.href,
    DATA_DIR: ownDirectory(drill),
    LOG_LEVEL: 'info', // with a line for each request, as an operator has it
  });
  if (!pin(service.pid, ITS) || !pin(process.pid, OURS)) {
    drill.note('service and load share their processors: there is no taskset, or one processor');
  }
  const url = await service.address();
  const common = { url, token: await signIn(url) };
  const memory = new MemoryWatch(service.pid);

  const inPhase = async (name, load) => {
    drill.say(`overload: ${name}`);
    const watch = new Watch(url).start();
    memory.begin();
    const result = await generated({ ...common, ...load });
    const work = workOf(result.perSecondOf, alone);
    const phase = { name, ...result, work, ...(await watch.stop()), mostMb: memory.mostMb };
    drill.row(rowOf(phase));
    return phase;
  };
  await generated({ ...common, clients: CLIENTS, seconds: form.warmSeconds });
  drill.say('overload: each kind of request alone');
  const alone = await perSecondAlone(form.aloneSeconds);
  const peak = await inPhase('peak', { clients: CLIENTS, seconds: form.peakSeconds });
  const perSecond = Math.ceil(peak.goodPerSecond * TIMES);
  const over = await inPhase(`${TIMES} × peak`, { perSecond, seconds: form.overSeconds });
  drill.say('overload: until the trail has caught up');
  const sealedAfterSeconds = drill.isShort ? 0 : await secondsUntilSealed(database);
  const after = [];
  do {
    const name = `afterwards${after.length > 0 ? `, ${after.length + 1}` : ''}`;
    after.push(await inPhase(name, { clients: CLIENTS, seconds: form.afterSeconds }));
  } while (!drill.isShort && after.length < MOST_AFTER && !doesAsMuch(after.at(-1), peak));
  memory.stop();
  judgeOverload(drill, { peak, over, after, sealedAfterSeconds }, { judgesSpeed: !drill.isShort });

  /** How many a second of each kind are done when nothing else is asked for. */
  async function perSecondAlone(seconds) {
    const found = {};
    for (const kind of Object.keys(KINDS)) {
      const load = { ...common, clients: CLIENTS, seconds, kinds: [kind] };
      found[kind] = (await generated(load)).goodPerSecond;
    }
    return found;
  }

  /** What the generator found. */
  async function generated(load) {
    const generator = new OwnProcess(process.execPath, [GENERATOR, JSON.stringify(load)]);
    drill.endWith(() => generator.kill());
    pin(generator.pid, OURS);
    await generator.exit;
    return JSON.parse(generator.output);
  }
}

/**
 * The share of the time that what was done takes by itself. Under overload more of the cheap requests are done
 * than of the dear ones, so that their number alone would say too much.
 */
function workOf(perSecondOf, alone) {
  return Object.entries(perSecondOf).reduce((sum, [kind, rate]) => sum + rate / alone[kind], 0);
}

/** What was done under overload left entries to seal, which is work that there was none of at the peak. */
async function secondsUntilSealed(database) {
  const client = new Client(database.href);
  await client.connect();
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1_000;
  try {
    for (;;) {
      const { rows } = await client.query('SELECT count(*)::int AS pending FROM audit_pending');
      if (rows[0].pending < FEW || elapsed() > MOST_SEAL_SECONDS) return Math.round(elapsed());
      await delay(200);
    }
  } finally {
    await client.end();
  }
}

function rowOf({
  name,
  sent,
  perSecond,
  perSecondOf,
  work,
  goodPerSecond,
  goodMs,
  refused,
  refusedMs,
  ...rest
}) {
  return {
    phase: name,
    sent,
    'sent a second': Math.round(perSecond),
    'done a second': Math.round(goodPerSecond),
    ...Object.fromEntries(
      Object.entries(perSecondOf).map(([kind, rate]) => [kind, Math.round(rate)]),
    ),
    'work %': Math.round(work * 100),
    'median ms': goodMs.p50,
    'p99 ms': goodMs.p99,
    refused,
    'refused in ms, median': refusedMs.p50,
    p95: refusedMs.p95,
    p99: refusedMs.p99,
    other: rest.others,
    'slowest liveness ms': Math.round(rest.slowestLivenessMs),
    'most memory MB': Math.round(rest.mostMb),
  };
}
