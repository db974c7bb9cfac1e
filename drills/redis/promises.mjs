import { isGood } from '../kit/load.mjs';
import { firstOf, medianMsOf, over } from '../kit/judge.mjs';

export { medianMsOf };
export const BACK_MS = 10_000;
/** Without word from others, a session is looked up again after three seconds. */
const SIGNED_OUT_MS = 3_000;
const SLACK_MS = 1_000;
/** Of two services, each with a connection for questions and one to listen. */
const CONNECTIONS = 4;
const ATTEMPTS_A_SECOND = 3;
const NOISE_MS = 15;

/** What holds in every state: `offence(result)` says what broke the promise, undefined when nothing did. */
export const promises = [
  {
    promise: 'every request is answered as if nothing were wrong',
    offence: ({ records }) =>
      firstOf(
        records.filter((record) => !isGood(record)),
        ({ kind, status, problem }) => `${kind} ${status} ${problem}`,
      ),
  },
  {
    promise: `the median request is not slower than twice what it was, give or take ${NOISE_MS} ms`,
    offence: ({ before, during, ownLatenessMs }) =>
      over(medianMsOf(during), 2 * medianMsOf(before) + NOISE_MS + ownLatenessMs),
  },
  {
    promise: `who signs out in one service is refused by the other within ${SIGNED_OUT_MS / 1_000} s (and ${SLACK_MS / 1_000} s slack)`,
    offence: ({ staysSignedInMs, ownLatenessMs }) =>
      over(staysSignedInMs, SIGNED_OUT_MS + SLACK_MS + ownLatenessMs),
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
    promise: `all is shared again within ${BACK_MS / 1_000} s, by itself`,
    offence: ({ backMs, ownLatenessMs }) => over(backMs, BACK_MS + ownLatenessMs),
  },
  {
    promise: 'liveness stays 200',
    offence: ({ livenessFailures }) => firstOf(livenessFailures, String),
  },
];
