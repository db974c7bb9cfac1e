import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { IsId } from './id.decorators.js';
import { IsList } from './list.decorators.js';
import { IsText } from './text.decorators.js';

describe('IsList', () => {
  it.each([{ list: ['a'] }, { list: ['a', 'b'] }])('takes $list', async ({ list }) => {
    expect(await read(IsList({ min: 1, max: 2 }), list)).toEqual({ value: list });
  });

  it.each([[[]], [['a', 'b', 'c']], ['ab'], [{ length: 1, 0: 'a' }], [{ 0: 'a' }], [1], [null]])(
    'refuses %j',
    async (value) => {
      const says = ['field must be a list of 1 to 2 items'];
      expect(await read(IsList({ min: 1, max: 2 }), value)).toEqual({ says });
    },
  );

  it('says its bounds in words', async () => {
    expect(await read(IsList({ max: 1 }), ['a', 'b'])).toEqual({
      says: ['field must be a list of at most 1 item'],
    });
  });
});

describe('a list of items', () => {
  it('is normalised and checked item by item', async () => {
    const ids = [IsList({ max: 2 }), IsId({ each: true })];
    const id = '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11';
    expect(await read(ids, [id.toUpperCase(), id])).toEqual({ value: [id, id] });
    expect(await read(ids, [id, 'x'])).toEqual({ says: ['each of field must be a UUID'] });
  });

  it('is not a single item', async () => {
    const tags = [IsList({ max: 2 }), IsText({ max: 5, each: true })];
    expect(await read(tags, 'abc')).toEqual({ says: ['field must be a list of at most 2 items'] });
    expect(await read(tags, ['abc', ['abc']])).toEqual({
      says: ['each of field must be text of 1 to 5 characters'],
    });
  });
});
