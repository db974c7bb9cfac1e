import { fieldRule, type OfEach } from './field-rule.js';

/** RFC 9562, any version, as PostgreSQL writes it. */
export const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** A UUID of any version, in lower case. */
export function IsId({ each }: OfEach = {}) {
  return fieldRule({
    name: 'isId',
    each,
    reads: (value) => (typeof value === 'string' ? value.toLowerCase() : value),
    takes: (value) => typeof value === 'string' && UUID.test(value),
    wants: 'must be a UUID',
    schema: { type: 'string', format: 'uuid' },
  });
}
