import { defineProblem } from '#platform/errors/problem';

export const TooManyRules = defineProblem(
  'too-many-rules',
  409,
  'There are too many rules already.',
);
