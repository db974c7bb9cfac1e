import { defineProblem } from '#platform/errors/problem';

export const SecondFactorRequired = defineProblem(
  'second-factor-required',
  401,
  'A code of the second factor is required as well: send it with the pendingToken.',
);

export const WrongCode = defineProblem(
  'wrong-code',
  401,
  'The code is wrong, expired, or was used before.',
);

/** As `WrongCode`, for a caller whose sign-in is not in question: a 401 would say that it is. */
export const CodeRefused = defineProblem(
  'code-refused',
  403,
  'The code is wrong, expired, or was used before.',
);

export const SecondFactorOn = defineProblem(
  'second-factor-on',
  409,
  'The account has a second factor already.',
);

export const SecondFactorOff = defineProblem(
  'second-factor-off',
  409,
  'The account has no second factor.',
);

export const NoEnrolment = defineProblem(
  'no-enrolment',
  409,
  'No enrolment waits to be confirmed: begin again.',
);
