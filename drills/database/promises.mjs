import { firstOf, medianMsOf, over } from '../kit/judge.mjs';
import { isGood } from '../kit/load.mjs';
import { MOST_BACKENDS, needsTable } from './one-table.mjs';

/** Twice the pool: while a server starts, those that it sends away are tried again. */
const MOST_CONNECTIONS = 40;
const TRIALS_A_SECOND = 2;
const RECOVERY_MS = 5_000;
/** In milliseconds: what is promised, and what tells in the short form, on any machine, that it hangs. */
const LIMITS = { slack: 100, openBreaker: 10, unconcerned: 1_000, recovery: RECOVERY_MS };
const LIMITS_OF_SHORT_FORM = {
  slack: 5_000,
  openBreaker: 500,
  unconcerned: 5_000,
  recovery: 4 * RECOVERY_MS,
};

export const limitsOf = ({ isShort }) => (isShort ? LIMITS_OF_SHORT_FORM : LIMITS);

/**
 * What holds in every state. `offence(result)` says what broke the promise, undefined when nothing
 * did; `concerns(state)` which states it is about, all when left out.
 */
export function promisesOf(deadlineMs, drill) {
  const { slack, openBreaker, unconcerned, recovery } = limitsOf(drill);
  return [
    {
      promise: `every request is answered within its deadline (${deadlineMs} ms, and ${slack} ms slack)`,
      offence: ({ records, ownLatenessMs }) => {
        const limitMs = deadlineMs + slack + ownLatenessMs;
        const isLate = ({ status, tookMs }) => status === 0 || tookMs > limitMs;
        return firstOf(records.filter(isLate), say);
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
      promise: `with the breaker open the answer comes at once (median under ${openBreaker} ms)`,
      concerns: ({ opensBreaker }) => opensBreaker,
      offence: ({ refusals }) =>
        refusals.length === 0 ? 'it never opened' : over(medianMsOf(refusals), openBreaker),
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
      promise: 'what needs a table that somebody holds is refused at its limits',
      concerns: ({ isPartial }) => isPartial,
      offence: ({ during }) => {
        const needing = during.filter(needsTable);
        if (needing.length === 0) return 'nothing was refused';
        return firstOf(
          needing.filter((record) => !isOutage(record)),
          say,
        );
      },
    },
    {
      promise: `what needs other tables goes on as ever (2xx within ${unconcerned} ms)`,
      concerns: ({ isPartial }) => isPartial,
      offence: ({ records, ownLatenessMs }) => {
        const isAsEver = (record) => isGood(record) && record.tookMs <= unconcerned + ownLatenessMs;
        const others = records.filter((record) => !needsTable(record));
        return firstOf(
          others.filter((record) => !isAsEver(record)),
          say,
        );
      },
    },
    {
      promise: 'a part that fails does not make it unready',
      concerns: ({ isPartial }) => isPartial,
      offence: ({ state }) => firstOf(state.seen.unready, String),
    },
    {
      promise: `who waits for a lock does not multiply: ${MOST_BACKENDS} sessions at most`,
      concerns: ({ isPartial }) => isPartial,
      offence: ({ state }) => over(state.seen.mostBackends, MOST_BACKENDS),
    },
    {
      promise: `all is back within ${recovery / 1_000} s`,
      offence: ({ recoveryMs }) => over(recoveryMs, recovery),
    },
    {
      promise: `a recovery is no stampede: ${MOST_CONNECTIONS} connections at most are opened`,
      offence: ({ reconnects }) => over(reconnects, MOST_CONNECTIONS),
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

const say = ({ kind, status, problem, tookMs }) =>
  [kind, status || problem, `${Math.round(tookMs)} ms`].join(' ');

const isOutage = ({ status }) => status === 503;
