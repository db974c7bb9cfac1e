import { defineProblem } from '#platform/errors/problem';

export const EmailTaken = defineProblem(
  'email-taken',
  409,
  'This e-mail address is already registered.',
);

export const TooManySignIns = defineProblem('too-many-sign-ins', 503, 'Too many sign-ins at once.');
