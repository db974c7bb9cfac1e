import { defineProblem } from '#platform/errors/problem';

export const ScanUnderWay = defineProblem(
  'scan-under-way',
  409,
  'The dependencies are being scanned already.',
);
