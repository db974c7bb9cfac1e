import { defineProblem } from '#platform/errors/problem';

/** One document for all: wrong, unknown, expired, revoked, of a disabled owner. */
export const InvalidApiKey = defineProblem(
  'invalid-api-key',
  401,
  'The API key is not valid, or not any more.',
);

export const ScopeBeyondRole = defineProblem(
  'scope-beyond-role',
  403,
  'An API key may do no more than its owner.',
);

export const TooManyApiKeys = defineProblem(
  'too-many-api-keys',
  409,
  'There are as many API keys as one account may have: revoke one first.',
);
