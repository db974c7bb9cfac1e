import { median } from '../../bench/table.mjs';
import { isGood } from '../kit/load.mjs';

const POOL_MAX = 20;
const SLACK_MS = 100;
const OPEN_BREAKER_MS = 10;
const TRIALS_A_SECOND = 2;
export const RECOVERY_MS = 5_000;

/**
 * What holds in every state. `offence(result)` says what broke the promise, undefined when nothing
 * did; `concerns(state)` which states it is about, all when left out.
 */
export function promisesOf(deadlineMs) {
  return [
    {
      promise: `every request is answered within its deadline (${deadlineMs} ms, and ${SLACK_MS} ms slack)`,
      offence: ({ records, ownLatenessMs }) => {
        const limitMs = deadlineMs + SLACK_MS + ownLatenessMs;
        const isLate = ({ status, tookMs }) => status === 0 || tookMs > limitMs;
        return firstOf(records.filter(isLate), ({ kind, status, problem, tookMs }) =>
          [kind, status || problem, `${Math.round(tookMs)} ms`].join(' '),
        );
      },
    },
    {
      promise: 'an outage is a 503, never a 401, 403, 500 or anything else',
      offence: ({ records }) =>
        firstOf(
          records.filter((record) => record.status !== 0 && !isGood(record) && !isOutage(record)),
          ({ kind, status, problem }) => `${kind} ${status} ${problem}`,
        ),
    },
    {
      promise: 'every 503 says when to come back',
      offence: ({ records }) =>
        firstOf(
          records.filter((record) => isOutage(record) && !(Number(record.retryAfter) >= 1)),
          ({ kind }) => `${kind} without Retry-After`,
        ),
    },
    {
      promise: `with the breaker open the answer comes at once (median under ${OPEN_BREAKER_MS} ms)`,
      concerns: ({ opensBreaker }) => opensBreaker,
      offence: ({ refusals }) => over(medianMsOf(refusals), OPEN_BREAKER_MS),
    },
    {
      promise: 'with the breaker open the database is tried at most twice a second',
      concerns: ({ opensBreaker }) => opensBreaker,
      offence: ({ trials, trialSeconds }) =>
        over(trials, Math.ceil(trialSeconds * TRIALS_A_SECOND) + 1),
    },
    {
      promise: 'reads go on while only writing fails',
      concerns: ({ stillReads }) => stillReads,
      offence: ({ records }) =>
        firstOf(
          records.filter((record) => record.kind === 'read' && !isGood(record)),
          ({ status }) => `a read ${status}`,
        ),
    },
    {
      promise: `all is back within ${RECOVERY_MS / 1_000} s`,
      offence: ({ recoveryMs }) => over(recoveryMs, RECOVERY_MS),
    },
    {
      promise: `a recovery opens no more connections than the pool has (${POOL_MAX})`,
      offence: ({ reconnects }) => over(reconnects, POOL_MAX),
    },
    {
      promise: 'nothing that was acknowledged is lost',
      offence: ({ lost }) => firstOf(lost, String),
    },
    { promise: 'nothing is done twice', offence: ({ doubled }) => firstOf(doubled, String) },
    {
      promise: 'liveness stays 200',
      offence: ({ livenessFailures }) => firstOf(livenessFailures, String),
    },
  ];
}

/** Writes down which promises were kept in the states that they concern. */
export function judge(drill, promises, results) {
  for (const { promise, concerns = () => true, offence } of promises) {
    const concerned = results.filter(({ state }) => concerns(state));
    if (concerned.length === 0) continue;
    const found = concerned.flatMap((result) => {
      const what = offence(result);
      return what === undefined ? [] : [`${result.state.name}: ${what}`];
    });
    drill.promise(promise, found.length === 0, found.join('; '));
  }
}

export function medianMsOf(records) {
  return Number(median(records.map(({ tookMs }) => tookMs)).toFixed(1));
}

const isOutage = ({ status }) => status === 503;

export function over(number, limit) {
  return number > limit ? String(Math.round(number)) : undefined;
}

/** The first of them in words, and how many there are. */
export function firstOf(offenders, say) {
  if (offenders.length === 0) return undefined;
  return `${say(offenders[0])}${offenders.length > 1 ? ` (one of ${offenders.length})` : ''}`;
}
