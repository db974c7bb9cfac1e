import { firstOf, over } from '../kit/judge.mjs';
import { isGood } from '../kit/load.mjs';

export const GRACE_MS = 1_500;
/** What the service has to be gone within: its grace, its limit, and the last lines of its log. */
export const LIMIT_MS = 10_000;
const SLACK_MS = 5_000;
const AT_THE_DOOR_MS = 500;

/** Nobody listened any more: the request was never taken, and the client knows. */
export const REFUSED = ({ status, problem }) => status === 0 && problem === 'ECONNREFUSED';
/** The connection was taken, and ended without an answer. */
export const CUT_OFF = ({ status, problem }) => status === 0 && problem !== 'ECONNREFUSED';

const isOrderly = (state) => state.isOrderly === true;

/** What has to hold. What depends on how fast the machine is, is judged where that is asked for. */
export function promisesOf({ judgesSpeed }) {
  return judgesSpeed
    ? [...promises, noReset, ...promisesOfSpeed]
    : [...promises, unlessStarved(unlessOne(noReset))];
}

const isStarved = ({ toldAt, notReadyAt = Infinity }) => notReadyAt > toldAt + GRACE_MS / 2;

/** Who is not even asked whether it is ready for half of its grace accepts no connections either. */
function unlessStarved(promise) {
  return {
    ...promise,
    offence: (result) => (isStarved(result) ? undefined : promise.offence(result)),
  };
}

/**
 * The kernel takes connections before the service does. One that it takes between the last look and the
 * end of the listener, some 50 µs unless other processes have the processor, is reset; two are a fault.
 */
function unlessOne(promise) {
  return {
    ...promise,
    offence: (result) => {
      const cutOff = result.records.filter(CUT_OFF);
      const [first] = cutOff;
      if (cutOff.length === 1 && isAtTheDoor(first, result)) return undefined;
      return promise.offence(result);
    },
  };
}

const isAtTheDoor = ({ problem, sentAt }, { toldAt }) =>
  problem === 'ECONNRESET' && Math.abs(sentAt - toldAt - GRACE_MS) < AT_THE_DOOR_MS;

const noReset = {
  promise: 'no request that was taken is reset',
  concerns: isOrderly,
  offence: ({ records, toldAt }) =>
    firstOf(
      records.filter(CUT_OFF),
      ({ kind, problem, sentAt }) => `${kind} ${problem} ${Math.round(sentAt - toldAt)} ms after`,
    ),
};

const promises = [
  {
    promise: 'the exit code says how it ended: 0 when told to, 143 at once, 1 for an error',
    offence: ({ state, exitCode }) => (exitCode === state.exitCode ? undefined : String(exitCode)),
  },
  {
    promise: 'a second signal does not wait for the grace',
    concerns: (state) => state.exitCode === 143,
    offence: ({ output }) =>
      output.includes('second signal: ending at once') ? undefined : 'it says nothing of it',
  },
  {
    promise: 'nothing is refused in the grace',
    concerns: isOrderly,
    offence: ({ records, toldAt }) => {
      const early = records.filter(({ sentAt, tookMs }) => sentAt + tookMs < toldAt + GRACE_MS);
      return firstOf(
        early.filter((record) => !isGood(record)),
        ({ kind, status, problem }) => `${kind} ${status} ${problem}`,
      );
    },
  },
  {
    promise: 'what is half sent when the door shuts is finished and answered',
    concerns: isOrderly,
    offence: ({ sent }) =>
      firstOf(
        sent.filter((status) => !isGood({ status })),
        String,
      ),
  },
  {
    promise: 'streams are told, and end in order',
    concerns: isOrderly,
    offence: ({ heard }) =>
      firstOf(
        heard.filter((words) => words !== 'bye stopping, end'),
        String,
      ),
  },
  {
    promise: 'no acknowledged write is lost',
    offence: ({ lost }) => firstOf(lost, String),
  },
  { promise: 'no write is done twice', offence: ({ doubled }) => firstOf(doubled, String) },
  {
    promise: 'no line of the log is lost on the way out, through a pipe',
    concerns: isOrderly,
    offence: ({ unlogged, output }) => {
      if (!/"msg":"stopped"/.test(output)) return 'the last line is missing';
      return unlogged > 0 ? `${unlogged} answers without their line` : undefined;
    },
  },
  {
    promise: 'an error that nobody caught is logged',
    concerns: ({ throws }) => throws !== undefined,
    offence: ({ output }) =>
      /an error that nobody caught: stopping/.test(output) ? undefined : 'no line of it',
  },
  {
    promise: 'nothing crashes on the way out',
    offence: ({ output }) => /\n\s+at .*\(|FATAL|Segmentation/.exec(output)?.[0].trim(),
  },
];

const promisesOfSpeed = [
  {
    promise: `it is gone within its grace and its limit (${GRACE_MS} + ${LIMIT_MS} ms)`,
    concerns: isOrderly,
    offence: ({ tookMs }) => over(tookMs, GRACE_MS + LIMIT_MS + SLACK_MS),
  },
  {
    promise: 'readiness turns false while requests are still answered',
    concerns: isOrderly,
    offence: ({ records, notReadyAt }) => {
      if (notReadyAt === undefined) return 'it was ready to the end';
      const isAnswered = records.some((record) => isGood(record) && record.sentAt > notReadyAt);
      return isAnswered ? undefined : 'nothing was answered after it';
    },
  },
];
