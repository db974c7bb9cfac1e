import { defineProblem } from '#platform/errors/problem';

export const AuditUnavailable = defineProblem(
  'audit',
  503,
  'What was asked for cannot be recorded, and is not done unrecorded.',
);
