const GOODPUT = 0.8;
const REFUSED_MS = 100;
const LIVE_MS = 1_000;
const MORE_MEMORY_MB = 300;
export const MOST_SEAL_SECONDS = 30;

/** Whether as much work is done as at the peak, less a fifth. */
export function doesAsMuch(phase, peak) {
  return phase.work >= GOODPUT * peak.work;
}

/** What has to hold; what depends on how fast the machine is, where that is asked for. */
export function judgeOverload(drill, { peak, over, after, sealedAfterSeconds }, { judgesSpeed }) {
  const phases = [peak, over, ...after];
  const say = (text, isKept, found) => drill.promise(text, isKept, found);

  say('there is more than can be done', over.refused + over.unsent > 0, `${over.refused} refused`);
  const other = phases.find(({ others }) => others > 0);
  say('each request is done or refused with 503', !other, other && `${other.name}: ${other.other}`);
  const silent = phases.reduce((sum, { withoutRetryAfter }) => sum + withoutRetryAfter, 0);
  say('every refusal says when to come back', silent === 0, silent || '');
  const dead = phases.flatMap(({ livenessFailures }) => livenessFailures);
  say('liveness stays 200', dead.length === 0, dead[0]);
  const more = Math.round(over.mostMb - peak.mostMb);
  say(`it takes no more than ${MORE_MEMORY_MB} MB more`, more <= MORE_MEMORY_MB, `${more} MB`);
  const [first] = after;
  say('afterwards everything is done again', first.good > 0 && isCalm(first), rateOf(first));

  if (!judgesSpeed) return;
  say(
    'as much work is done as at the peak, less a fifth',
    doesAsMuch(over, peak),
    percent(over.work / peak.work),
  );
  const lateMs = over.refusedMs.p95;
  const slackMs = over.ownLatenessMs;
  say(
    `95 of 100 refusals come within ${REFUSED_MS} ms`,
    lateMs <= REFUSED_MS + slackMs,
    `${lateMs} ms, of which the generator was late ${Math.round(slackMs)} ms`,
  );
  const liveMs = Math.round(over.slowestLivenessMs);
  say('liveness answers within a second', liveMs < LIVE_MS, `${liveMs} ms`);
  say(
    `the trail has caught up within ${MOST_SEAL_SECONDS} s`,
    sealedAfterSeconds < MOST_SEAL_SECONDS,
    `${sealedAfterSeconds} s`,
  );
  const last = after.at(-1);
  say(
    'soon it is as fast as before, less a fifth',
    doesAsMuch(last, peak),
    percent(last.work / peak.work),
  );
}

/** A few may still be refused while the limit rises again. */
const isCalm = ({ good, refused }) => refused <= good / 10;

const percent = (share) => `${Math.round(share * 100)} %`;

const rateOf = ({ good, refused }) => `${good} done, ${refused} refused`;
