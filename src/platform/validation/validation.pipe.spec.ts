import type { ArgumentMetadata } from '@nestjs/common';
import { ArrayMaxSize, IsInt, IsString, Max, MinLength } from 'class-validator';
import { expect, it } from 'vitest';
import type { Problem } from '../errors/problem.js';
import { validationPipe } from './validation.pipe.js';

class Order {
  @Max(9)
  @IsInt()
  count: number;

  @MinLength(3)
  @IsString()
  note: string;

  @ArrayMaxSize(1)
  @IsString({ each: true })
  tags: string[];
}

/** What the pipe says of a body, by field. */
async function complaintsOf(body: object): Promise<string[]> {
  const metadata: ArgumentMetadata = { type: 'body', metatype: Order };
  const error: unknown = await validationPipe()
    .transform(body, metadata)
    .catch((reason: unknown) => reason);
  const { errors = [] } = (error as Problem).options;
  return errors.map(({ message }) => message).toSorted();
}

it('says of a value of another kind no more than its kind', async () => {
  expect(await complaintsOf({ count: 'abc', note: 5, tags: [] })).toEqual([
    'count must be an integer number',
    'note must be a string',
  ]);
});

it('says of a list what is wrong with it beside what is wrong with its items', async () => {
  expect(await complaintsOf({ count: 1, note: 'long', tags: ['a', 5] })).toEqual([
    'each value in tags must be a string',
    'tags must contain no more than 1 elements',
  ]);
});
