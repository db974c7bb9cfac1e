import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { IsNumberWithin, IsQuantity, IsWholeNumber } from './number.decorators.js';

describe('IsWholeNumber', () => {
  it.each([-1, 0, 10])('takes %j', async (value) => {
    expect(await read(IsWholeNumber({ min: -1, max: 10 }), value)).toEqual({ value });
  });

  it.each([-2, 11, 1.5, '5', '', true, null, [5], NaN, Infinity, 1e300, 2 ** 53])(
    'refuses %j',
    async (value) => {
      const says = ['field must be a whole number from -1 to 10'];
      expect(await read(IsWholeNumber({ min: -1, max: 10 }), value)).toEqual({ says });
    },
  );

  it.each([
    ['5', 5],
    ['-1', -1],
    ['007', 7],
    [5, 5],
  ])('reads %j in a query as %j', async (given, value) => {
    const fromText = IsWholeNumber({ min: -1, max: 10, fromText: true });
    expect(await read(fromText, given)).toEqual({ value });
  });

  it.each([
    '',
    ' ',
    '1e1',
    '0x5',
    '5.0',
    '+5',
    ' 5',
    '5\n',
    '５',
    'true',
    ['5'],
    '9'.repeat(1_000),
  ])('does not read %j in a query', async (value) => {
    const fromText = IsWholeNumber({ min: -1, max: 10, fromText: true });
    const says = ['field must be a whole number from -1 to 10'];
    expect(await read(fromText, value)).toEqual({ says });
  });
});

describe('IsNumberWithin', () => {
  it.each([0, 0.5, -0, 1])('takes %j', async (value) => {
    expect(await read(IsNumberWithin({ min: 0, max: 1 }), value)).toEqual({ value });
  });

  it.each([-0.001, 1.001, '0.5', NaN, Infinity, null, [0.5]])('refuses %j', async (value) => {
    const says = ['field must be a number from 0 to 1'];
    expect(await read(IsNumberWithin({ min: 0, max: 1 }), value)).toEqual({ says });
  });
});

describe('IsQuantity', () => {
  it.each([1, 99])('takes %j', async (value) => {
    expect(await read(IsQuantity({ max: 99 }), value)).toEqual({ value });
  });

  it.each([0, -1, 100, 1.5, '1', null])('refuses %j', async (value) => {
    const says = ['field must be a whole number from 1 to 99'];
    expect(await read(IsQuantity({ max: 99 }), value)).toEqual({ says });
  });
});
