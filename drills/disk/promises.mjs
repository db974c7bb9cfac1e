import { firstOf, over } from '../kit/judge.mjs';
import { isGood } from '../kit/load.mjs';

const RECOVERY_MS = 5_000;
/** What is promised, and what tells in the short form, on any machine, that it does not come back. */
export const recoveryLimitMs = ({ isShort }) => (isShort ? 4 * RECOVERY_MS : RECOVERY_MS);

/** What each kind of request is answered with while all is well. */
const EXPECTED = { read: 200, register: 202, 'failed sign-in': 401 };
export const isExpected = ({ kind, status }) => status === EXPECTED[kind];
const say = ({ kind, status, problem }) => `${kind} ${status} ${problem}`;

export const promisesOf = (drill) => [
  {
    promise: 'a full disk that no request needs is noticed by none',
    concerns: ({ goesOn }) => goesOn,
    offence: ({ records }) =>
      firstOf(
        records.filter((record) => !isExpected(record)),
        say,
      ),
  },
  {
    promise: 'what cannot be recorded is refused with 503, never done without its entry',
    concerns: ({ keepsNothing }) => keepsNothing,
    offence: ({ during, records }) => {
      const strange = records.filter((record) => !isExpected(record) && record.status !== 503);
      const refused = during.filter(
        ({ kind, status }) => kind === 'failed sign-in' && status === 503,
      );
      if (refused.length === 0) return 'no failed sign-in was refused';
      return firstOf(strange, say);
    },
  },
  {
    promise: 'what an embedded database has no room for is refused with 503',
    concerns: ({ isEmbedded }) => isEmbedded,
    offence: ({ records }) => {
      if (!records.some(({ status }) => status === 503)) return 'nothing was refused';
      return firstOf(
        records.filter((record) => !isExpected(record) && record.status !== 503),
        say,
      );
    },
  },
  {
    promise: 'every 503 says when to come back',
    offence: ({ records }) =>
      firstOf(
        records.filter(({ status, retryAfter }) => status === 503 && !(Number(retryAfter) >= 1)),
        say,
      ),
  },
  {
    promise: 'reads go on',
    offence: ({ records }) =>
      firstOf(
        records.filter((record) => record.kind === 'read' && !isGood(record)),
        say,
      ),
  },
  {
    promise: 'a file that does not fit is refused with 507, and taken afterwards',
    concerns: ({ takesNoFiles }) => takesNoFiles,
    offence: ({ upload, uploadAfter }) =>
      upload === 507 && uploadAfter === 204 ? undefined : `${upload}, then ${uploadAfter}`,
  },
  {
    promise: 'health says that nothing can be recorded, and that it can again',
    concerns: ({ keepsNothing }) => keepsNothing,
    offence: ({ health, healthAfter }) =>
      health.audit.storage === 'none' && healthAfter.audit.status === 'healthy'
        ? undefined
        : `${JSON.stringify(health.audit)}, then ${JSON.stringify(healthAfter.audit)}`,
  },
  {
    promise: `all is back by itself within ${recoveryLimitMs(drill) / 1_000} s`,
    offence: ({ recoveryMs }) => over(recoveryMs, recoveryLimitMs(drill)),
  },
  {
    promise: 'nothing acknowledged is without its trace',
    offence: ({ lost }) => firstOf(lost, String),
  },
  { promise: 'nothing is done twice', offence: ({ doubled }) => firstOf(doubled, String) },
  {
    promise: 'the trail is whole afterwards',
    offence: ({ verdict }) => (verdict.valid ? undefined : JSON.stringify(verdict)),
  },
  {
    promise: 'each request has its line in the log files, or is counted as dropped',
    concerns: ({ name }) => name === 'logs full',
    offence: ({ unlogged }) => (unlogged > 0 ? `${unlogged} are missing` : undefined),
  },
  {
    promise: 'liveness stays 200',
    offence: ({ livenessFailures }) => firstOf(livenessFailures, String),
  },
];
