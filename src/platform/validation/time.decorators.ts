import { fieldRule, type OfEach } from './field-rule.js';

// the years that PostgreSQL, JavaScript and every client agree on
const INSTANT =
  /^(?:19[7-9]\d|[2-9]\d{3})-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** A point in time as ISO 8601 with its offset, or a day, taken as its start in UTC; becomes a Date. */
export function IsInstant({ each }: OfEach = {}) {
  return fieldRule({
    name: 'isInstant',
    each,
    reads: (value) => (typeof value === 'string' && INSTANT.test(value) ? new Date(value) : value),
    takes: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
    wants: 'must be a time such as 2026-01-31T12:00:00Z, or a day',
    schema: { type: 'string', format: 'date-time' },
  });
}
