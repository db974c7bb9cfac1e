import { fieldRule, lengthOf, type OfEach } from './field-rule.js';

interface Bounds {
  min?: number;
  max: number;
}

/** Text that PostgreSQL can store and give back unchanged: no NUL, no half of a surrogate pair. */
export function isStorableText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed();
}

/** Text of `min` (1) to `max` characters, kept as it is unless `trim` takes the blanks off its ends. */
export function IsText({ min = 1, max, trim, each }: Bounds & OfEach & { trim?: boolean }) {
  return fieldRule({
    name: 'isText',
    each,
    reads: trim ? (value) => (typeof value === 'string' ? value.trim() : value) : undefined,
    takes: (value) => isStorableText(value) && isWithin(value, min, max),
    wants: ({ value }) =>
      typeof value === 'string' && !isStorableText(value)
        ? 'must be text without NUL characters or broken Unicode'
        : `must be text of ${span(min, max)}`,
    schema: { type: 'string', minLength: min, maxLength: max },
  });
}

/** A code of `min` (1) to `max` letters A to Z, in either case, and digits. */
export function IsAlphanumericText({ min = 1, max, each }: Bounds & OfEach) {
  return fieldRule({
    name: 'isAlphanumericText',
    each,
    takes: (value) =>
      typeof value === 'string' && isWithin(value, min, max) && /^[\dA-Za-z]*$/.test(value),
    wants: `must be ${span(min, max)}, letters A to Z and digits only`,
    schema: { type: 'string', minLength: min, maxLength: max, pattern: '^[0-9A-Za-z]*$' },
  });
}

/** A name for addresses and keys: a to z, digits, single hyphens between them; at most `max` characters. */
export function IsSlug({ max, each }: Pick<Bounds, 'max'> & OfEach) {
  return fieldRule({
    name: 'isSlug',
    each,
    takes: (value) => typeof value === 'string' && value.length <= max && SLUG.test(value),
    wants: `must be 1 to ${max} characters, a to z and digits, with single hyphens between them`,
    schema: { type: 'string', minLength: 1, maxLength: max, pattern: SLUG.source },
  });
}

const SLUG = /^[\da-z]+(?:-[\da-z]+)*$/;

const PLAIN = String.raw`^[\p{L}\p{M}\p{Nd} .'’-]*$`;
const PLAIN_TEXT = new RegExp(PLAIN, 'u');

/** Letters of any script, digits, blanks, hyphens, apostrophes and full stops, as names have; bound it with `@IsText()`. */
export function HasNoSpecialCharacters({ each }: OfEach = {}) {
  return fieldRule({
    name: 'hasNoSpecialCharacters',
    each,
    takes: (value) => typeof value === 'string' && PLAIN_TEXT.test(value),
    wants: "must have only letters, digits, blanks and - ' . in it",
    schema: { type: 'string', pattern: PLAIN },
  });
}

function isWithin(text: string, min: number, max: number): boolean {
  if (text.length > 2 * max) return false; // no need to count a megabyte
  const length = lengthOf(text);
  return length >= min && length <= max;
}

function span(min: number, max: number): string {
  const range = min === max ? `${max}` : min === 0 ? `at most ${max}` : `${min} to ${max}`;
  return `${range} character${max === 1 ? '' : 's'}`;
}
