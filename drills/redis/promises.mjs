import { isGood } from '../kit/load.mjs';
import { firstOf, medianMsOf, over } from '../kit/judge.mjs';

export { medianMsOf };
export const BACK_MS = 10_000;
/** Without word from others, a session is looked up again after three seconds. */
const SIGNED_OUT_MS = 3_000;
/** Of two services, each with a connection for questions and one to listen. */
const CONNECTIONS = 4;
const ATTEMPTS_A_SECOND = 3;
/** In milliseconds: what is promised, and what tells in the short form, on any machine, that it hangs. */
const LIMITS = { slack: 1_000, noise: 15, back: BACK_MS };
const LIMITS_OF_SHORT_FORM = { slack: 10_000, noise: 1_000, back: 4 * BACK_MS };

/** What holds in every state: `offence(result)` says what broke the promise, undefined when nothing did. */
export function promisesOf({ isShort }) {
  const { slack, noise, back } = isShort ? LIMITS_OF_SHORT_FORM : LIMITS;
  return [
    {
      promise: 'every request is answered as if nothing were wrong',
      offence: ({ records }) =>
        firstOf(
          records.filter((record) => !isGood(record)),
          ({ kind, status, problem }) => `${kind} ${status} ${problem}`,
        ),
    },
    {
      promise: `the median request is not slower than twice what it was, give or take ${noise} ms`,
      offence: ({ before, during, ownLatenessMs }) =>
        over(medianMsOf(during), 2 * medianMsOf(before) + noise + ownLatenessMs),
    },
    {
      promise: `who signs out in one service is refused by the other within ${SIGNED_OUT_MS / 1_000} s (and ${slack / 1_000} s slack)`,
      offence: ({ staysSignedInMs, ownLatenessMs }) =>
        over(staysSignedInMs, SIGNED_OUT_MS + slack + ownLatenessMs),
    },
    {
      promise: 'health says degraded while Redis is away',
      concerns: ({ isAway }) => isAway,
      offence: ({ isDegraded }) => (isDegraded ? undefined : 'it did not'),
    },
    {
      promise: `no connection is tried more than ${ATTEMPTS_A_SECOND} times a second, less and less often`,
      offence: ({ connections, heldSeconds }) =>
        over(connections, CONNECTIONS * Math.ceil(heldSeconds) * ATTEMPTS_A_SECOND),
    },
    {
      promise: `all is shared again within ${back / 1_000} s, by itself`,
      offence: ({ backMs, ownLatenessMs }) => over(backMs, back + ownLatenessMs),
    },
    {
      promise: 'liveness stays 200',
      offence: ({ livenessFailures }) => firstOf(livenessFailures, String),
    },
  ];
}
