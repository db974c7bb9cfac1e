import { firstOf } from '../kit/judge.mjs';

const WINDOW_SECONDS = 900;
const LONGEST_DELAY_SECONDS = 900;
/** Far more than there are schedules, far less than minutes in the shortest jump would make of one. */
const MOST_JOBS = 40;

export const promises = [
  {
    promise: 'nobody is signed out: whoever was signed in still is, by a refresh at most',
    offence: ({ away, back }) =>
      firstOf(
        [away.session, back.session].filter(({ status }) => status !== 200),
        ({ status }) => `${status}`,
      ),
  },
  {
    promise: 'who signs in by the wrong clock is signed in, also when it is set right',
    offence: ({ during, duringBack }) =>
      during.status === 200 && duringBack.status === 200
        ? undefined
        : `${during.signIn}, ${during.status}, then ${duringBack.status}`,
  },
  {
    promise: 'an access token does not outlive its time because the clock was set',
    concerns: ({ shiftMs }) => Math.abs(shiftMs) > 0,
    offence: ({ stale }) => (stale.status === 401 ? undefined : String(stale.status)),
  },
  {
    promise: 'a limit is freed no earlier, and nobody is locked out for longer',
    offence: ({ away, back }) =>
      firstOf(
        [away.limited, back.limited].filter(
          ({ status, retryAfter }) => status !== 429 || !(Number(retryAfter) <= WINDOW_SECONDS),
        ),
        ({ status, retryAfter }) => `${status}, Retry-After ${retryAfter}`,
      ),
  },
  {
    promise: 'who guessed at a password waits no longer than it would have been',
    offence: ({ guesses }) =>
      firstOf(
        guesses.filter(({ status, retryAfter }) => !isRefusedInBounds(status, retryAfter)),
        ({ status, retryAfter }) => `${status}, Retry-After ${retryAfter}`,
      ),
  },
  {
    promise: 'the audit trail stays valid',
    offence: ({ verdicts }) =>
      firstOf(
        verdicts.filter(({ valid }) => !valid),
        (verdict) => JSON.stringify(verdict),
      ),
  },
  {
    promise: 'scheduled jobs do not storm to catch up',
    offence: ({ jobs }) => (jobs > MOST_JOBS ? `${jobs} jobs` : undefined),
  },
  {
    promise: 'health stays as it was',
    offence: ({ health }) =>
      firstOf(
        health.filter(({ status }) => status !== 'healthy'),
        (all) =>
          JSON.stringify(
            Object.entries(all).filter(
              ([, part]) => part?.status && !['healthy', 'off'].includes(part.status),
            ),
          ),
      ),
  },
  {
    promise: 'liveness stays 200',
    offence: ({ livenessFailures }) => firstOf(livenessFailures, String),
  },
];

function isRefusedInBounds(status, retryAfter) {
  return status === 401 || (status === 429 && Number(retryAfter) <= LONGEST_DELAY_SECONDS);
}
