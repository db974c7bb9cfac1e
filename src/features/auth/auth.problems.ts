import { defineProblem } from '#platform/errors/problem';

export const WrongCredentials = defineProblem(
  'wrong-credentials',
  401,
  'The e-mail address or the password is wrong.',
);
export const LinkInvalid = defineProblem(
  'link-invalid',
  400,
  'The link is not valid, or not any more. Ask for a new one.',
);

export const InvalidToken = defineProblem(
  'invalid-token',
  401,
  'The token is not valid, or not any more.',
);
export const TwoCredentials = defineProblem(
  'two-credentials',
  400,
  'Show an access token or an API key, not both.',
);
