import { fieldRule, type OfEach } from './field-rule.js';

interface Range {
  min: number;
  max: number;
}

/**
 * A whole number from `min` to `max`. In a query everything is text: `fromText` reads decimal digits
 * there, and nothing else that `Number()` would take.
 */
export function IsWholeNumber({
  min,
  max,
  fromText,
  each,
}: Range & OfEach & { fromText?: boolean }) {
  return fieldRule({
    name: 'isWholeNumber',
    each,
    reads: fromText
      ? (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value)
      : undefined,
    takes: (value) => Number.isSafeInteger(value) && isWithin(value, min, max),
    wants: `must be a whole number from ${min} to ${max}`,
    schema: { type: 'integer', minimum: min, maximum: max },
  });
}

/** Any number from `min` to `max`, for measurements; money has `@IsMoney()`. */
export function IsNumberWithin({ min, max, each }: Range & OfEach) {
  return fieldRule({
    name: 'isNumberWithin',
    each,
    takes: (value) => isWithin(value, min, max),
    wants: `must be a number from ${min} to ${max}`,
    schema: { type: 'number', minimum: min, maximum: max },
  });
}

/** How many of a thing: a whole number from 1 to `max`. */
export function IsQuantity({ max, each }: { max: number } & OfEach) {
  return IsWholeNumber({ min: 1, max, each });
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max; // NaN is neither
}
