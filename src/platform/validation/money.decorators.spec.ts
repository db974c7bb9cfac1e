import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { IsMoney } from './money.decorators.js';

describe('IsMoney', () => {
  it.each([
    ['12.34', 1_234],
    ['12.3', 1_230],
    ['12', 1_200],
    ['0.07', 7],
    ['0', 0],
    ['-0.00', 0],
    ['1.10', 110],
    ['8.41', 841], // 8.41 * 100 is 841.0000000000001
    ['10000000000.00', 1e12],
    [1_234, 1_234],
    [0, 0],
  ])('keeps %j as %j cents', async (given, cents) => {
    expect(await read(IsMoney(), given)).toEqual({ value: cents });
  });

  it.each<[unknown, string]>([
    [12.34, 'a fraction without quotes'],
    [0.1, 'a fraction without quotes'],
    ['12.345', 'a third decimal'],
    ['-1', 'less than nothing'],
    [-1, 'less than nothing'],
    ['10000000000.01', 'more than the most'],
    ['99999999999999999999', 'more than a number can count'],
    ['9'.repeat(1_000_000), 'a megabyte of nines'],
    ['1,234.00', 'separators'],
    ['12,34', 'a comma'],
    ['12.', 'a point with nothing behind it'],
    ['.50', 'a point with nothing before it'],
    ['012.00', 'a leading zero'],
    ['1e3', 'an exponent'],
    ['0x10', 'hexadecimal'],
    ['$12', 'a sign of currency'],
    [' 12', 'a blank'],
    ['12\n', 'a line break'],
    ['', 'nothing'],
    ['١٢', 'digits of another script'],
    [NaN, 'no number'],
    [2 ** 53, 'a number that cannot be counted to'],
    [true, 'a boolean'],
    [['12.34'], 'a list'],
    [null, 'null'],
  ])('refuses %j: %s', async (value) => {
    const says = [
      'field must be an amount from 0.00 to 10000000000.00 USD, as text such as "12.34" or as a whole number of minor units',
    ];
    expect(await read(IsMoney(), value)).toEqual({ says });
  });

  it('has the decimals of the currency', async () => {
    expect(await read(IsMoney({ currency: 'JPY' }), '1234')).toEqual({ value: 1_234 });
    expect(await read(IsMoney({ currency: 'JPY' }), '12.34')).toHaveProperty('says');
    expect(await read(IsMoney({ currency: 'KWD' }), '1.234')).toEqual({ value: 1_234 });
  });

  it('is bounded in either unit', async () => {
    const price = IsMoney({ currency: 'EUR', min: '0.50', max: 10_000 });
    expect(await read(price, '0.50')).toEqual({ value: 50 });
    expect(await read(price, '100.00')).toEqual({ value: 10_000 });
    expect(await read(price, '0.49')).toHaveProperty('says');
    expect(await read(price, 10_001)).toHaveProperty('says');
    expect(await read(IsMoney({ min: '-5.00' }), '-4.05')).toEqual({ value: -405 });
  });

  it('is not declared for a currency or a bound that does not exist', () => {
    expect(() => IsMoney({ currency: 'XQQ' })).toThrow('there is no currency XQQ');
    expect(() => IsMoney({ max: 'lots' })).toThrow('0 to lots are no amounts of USD');
    expect(() => IsMoney({ max: 0.5 })).toThrow('0 to 0.5 are no amounts of USD');
  });
});
