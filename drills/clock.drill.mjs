// What becomes of sessions, limits, the audit trail and scheduled work when the clock of the machine is
// set, forwards and backwards, and then set right.
import { setTimeout as delay } from 'node:timers/promises';
import { promises } from './clock/promises.mjs';
import { ClockSetting } from './clock/setting.mjs';
import { judge } from './kit/judge.mjs';
import { Watch } from './kit/watch.mjs';

export const about = 'the clock of the machine jumps hours and days, forwards and backwards';

const HOUR_MS = 3_600_000;
const JUMPS = [
  { name: 'an hour on', shiftMs: HOUR_MS },
  { name: 'three days on', shiftMs: 72 * HOUR_MS },
  { name: 'an hour back', shiftMs: -HOUR_MS },
  { name: 'three days back', shiftMs: -72 * HOUR_MS },
];

export const parts = JUMPS.map(({ name }) => name);

export default async function clockDrill(drill) {
  const holdMs = drill.isShort ? 1_000 : 20_000; // the jobs of a quarter of a minute
  const setting = await ClockSetting.make(drill);
  const results = [];
  for (const state of JUMPS) {
    if (!drill.isWanted(state.name)) continue;
    drill.say(`clock: ${state.name}`);
    const result = await through(state, setting, holdMs);
    results.push(result);
    drill.row(rowOf(result));
  }
  judge(drill, promises, results);
}

/** There and back again. */
async function through(state, setting, holdMs) {
  const watch = new Watch(setting.url).start();
  const before = await setting.signIn();
  const limited = await setting.exhausted();
  const guess = await setting.guessedAt('before@example.com');
  const jobsBefore = await setting.jobs();

  await setting.set(state.shiftMs);
  const away = await look(setting, before, limited);
  const during = await setting.signIn(); // by the wrong clock
  const duringAnswers = await setting.callAsClientsDo(during);
  const guessAway = await guess();
  const guessInBetween = await setting.guessedAt('between@example.com');
  await delay(holdMs);
  const verdictAway = await setting.verdict();

  await setting.set(0);
  const stale = await setting.ask(setting.me(during.accessToken));
  const back = await look(setting, before, limited);
  const duringBack = await setting.callAsClientsDo(during);
  const guesses = [guessAway, await guessInBetween()];
  await delay(holdMs);
  return {
    state,
    away,
    back,
    during: { ...duringAnswers, signIn: during.status },
    duringBack,
    stale,
    guesses,
    verdicts: [verdictAway, await setting.verdict()],
    health: [away.health, (await setting.ask({ path: '/health' })).body],
    jobs: (await setting.jobs()) - jobsBefore,
    ...(await watch.stop()),
  };
}

/** What a session and an exhausted client have of it. */
async function look(setting, session, limited) {
  return {
    session: await setting.callAsClientsDo(session),
    limited: await limited(),
    health: (await setting.ask({ path: '/health' })).body,
  };
}

function rowOf({ state, away, back, during, duringBack, stale, jobs, verdicts, guesses }) {
  return {
    jump: state.name,
    'session from before': told(away.session),
    'and back': told(back.session),
    'session from between': told(during),
    'and back ': told(duringBack),
    'its old access token': stale.status,
    'over its limit': `${away.limited.status}, ${back.limited.status}`,
    'may come in s': `${away.limited.retryAfter}, ${back.limited.retryAfter}`,
    'next guess': guesses.map(({ status }) => status).join(', '),
    trail: verdicts.every(({ valid }) => valid) ? 'valid' : 'invalid',
    jobs,
  };
}

function told({ status, refreshed }) {
  return `${status}${refreshed ? ', refreshed' : ''}`;
}
