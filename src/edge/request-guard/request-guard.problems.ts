import { defineProblem } from '#platform/errors/problem';

export const SuspiciousInput = defineProblem(
  'suspicious-input',
  403,
  'The request looks like an attack. Nothing was stored.',
);
export const ClientBlocked = defineProblem(
  'client-blocked',
  403,
  'Too much that looked like an attack came from this address.',
);
