import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { fieldRule } from './field-rule.js';

/** A list of `min` (0) to `max` items; what an item is says a decorator with `each: true`, or `@ValidateNested()`. */
export function IsList({ min = 0, max }: { min?: number; max: number }) {
  const range = min === max ? max : min === 0 ? `at most ${max}` : `${min} to ${max}`;
  return applyDecorators(
    // no more than the bounds: the items are described by the decorator that checks them
    ApiProperty({ minItems: min, maxItems: max }),
    fieldRule({
      name: 'isList',
      takes: (value) => Array.isArray(value) && value.length >= min && value.length <= max,
      wants: `must be a list of ${range} item${max === 1 ? '' : 's'}`,
    }),
  ) as PropertyDecorator;
}
