import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

// the years that PostgreSQL, JavaScript and every client agree on
const INSTANT =
  /^(?:19[7-9]\d|[2-9]\d{3})-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** A point in time as ISO 8601 with its offset, or a day, taken as its start in UTC; becomes a Date. */
export function IsInstant(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) =>
      typeof value === 'string' && INSTANT.test(value) ? new Date(value) : value,
    ),
    ValidateBy({
      name: 'isInstant',
      validator: {
        validate: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
        defaultMessage: (args) =>
          `${args?.property} must be a time such as 2026-01-31T12:00:00Z, or a day`,
      },
    }),
  );
}
