import { defineProblem } from '#platform/errors/problem';

export const EmailUnverified = defineProblem(
  'email-unverified',
  403,
  'This is for accounts whose e-mail address is verified.',
);

export const ForPeopleOnly = defineProblem(
  'for-people-only',
  403,
  'This takes a sign-in; an API key does not open it.',
);
