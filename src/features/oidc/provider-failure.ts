import { Problem } from '#platform/errors/problem';
import { ExternalServiceFailed } from '#platform/errors/problems';
import { IdentityUnproven } from './oidc.problems.js';

const RETRY_AFTER_SECONDS = 5;

/** What the library says of an answer that it does not believe. */
const NOT_BELIEVED = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

/** What the provider says of a code that is none, was used, or was given to somebody else. */
const REFUSED = new Set(['invalid_grant', 'invalid_request']);

/**
 * The problem behind a failure: the caller's (`IdentityUnproven`), or the provider's, which is also
 * that of a provider that does not know us.
 */
export function toProviderProblem(failure: unknown): Problem {
  const isCallers = namesOf(failure).some((name) => NOT_BELIEVED.has(name) || REFUSED.has(name));
  return isCallers
    ? new IdentityUnproven({ cause: summaryOf(failure) })
    : (problemIn(failure) ?? toOutage(failure));
}

export function toOutage(failure: unknown): Problem {
  const options = { cause: summaryOf(failure), retryAfterSeconds: RETRY_AFTER_SECONDS };
  return problemIn(failure) ?? new ExternalServiceFailed(options);
}

/** The library wraps what is thrown below it. */
function problemIn(failure: unknown): Problem | undefined {
  for (let layer = failure; layer instanceof Error; layer = layer.cause) {
    if (layer instanceof Problem) return layer;
  }
  return undefined;
}

/** The library's name for it, and the provider's. */
function namesOf(failure: unknown): string[] {
  const { code, error } = (failure ?? {}) as { code?: unknown; error?: unknown };
  return [code, error].filter((name) => typeof name === 'string');
}

/** Names only for the log: what hangs on the library's errors are codes and tokens. */
function summaryOf(failure: unknown): Error {
  return new Error([String(failure).slice(0, 200), ...namesOf(failure)].join(', '));
}
