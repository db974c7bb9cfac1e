import { defineProblem } from '#platform/errors/problem';

export const EmailTaken = defineProblem(
  'email-taken',
  409,
  'This e-mail address is already registered.',
);
