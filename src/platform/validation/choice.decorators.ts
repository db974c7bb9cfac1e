import { fieldRule, type OfEach } from './field-rule.js';

type Choice = string | number;

/** One of the values of an enum or of a list. */
export function IsOneOf(
  choices: readonly Choice[] | Readonly<Record<string, Choice>>,
  { each }: OfEach = {},
) {
  const values: readonly Choice[] = Array.isArray(choices) ? choices : valuesOf(choices);
  return fieldRule({
    name: 'isOneOf',
    each,
    takes: (value) => values.includes(value as Choice),
    wants: `must be one of ${values.join(', ')}`,
    schema: { type: typeof values[0] === 'number' ? 'number' : 'string', enum: [...values] },
  });
}

/** TypeScript's numeric enums also map their numbers back to the names. */
function valuesOf(choices: object): Choice[] {
  return Object.entries(choices)
    .filter(([key]) => !/^\d+$/.test(key))
    .map(([, value]) => value as Choice);
}
