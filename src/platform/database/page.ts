import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min, ValidateBy } from 'class-validator';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** A list in parts: `nextCursor` fetches the next one and is null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export abstract class PageQuery {
  /** How many items at most. */
  @ApiProperty({ type: 'integer', required: false })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  limit: number = DEFAULT_LIMIT;
}

/** Takes only what a `nextCursor` of the same list can be, already parsed to the given type. */
export function IsCursor(type: 'bigint' | 'string', shape?: RegExp): PropertyDecorator {
  return applyDecorators(
    // a client hands back the text that it was given, whatever we make of it
    ApiProperty({ type: 'string', format: undefined, required: false }),
    ValidateBy({
      name: 'isCursor',
      validator: {
        validate: (value) => typeof value === type && (!shape || shape.test(String(value))),
        defaultMessage: () => 'cursor must be the nextCursor of the page before',
      },
    }),
  );
}

/** Makes a page of rows that were fetched one beyond the limit, to see whether there is more. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => string,
  view: (row: Row) => Item,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(view),
    nextCursor: rows.length > limit && last ? cursorOf(last) : null,
  };
}
