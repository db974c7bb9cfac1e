import { defineProblem } from '#platform/errors/problem';

export const WrongCredentials = defineProblem(
  'wrong-credentials',
  401,
  'The e-mail address or the password is wrong.',
);
export const InvalidToken = defineProblem(
  'invalid-token',
  401,
  'The token is not valid, or not any more.',
);
