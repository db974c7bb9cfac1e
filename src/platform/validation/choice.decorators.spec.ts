import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { IsOneOf } from './choice.decorators.js';

enum Size {
  Small,
  Large,
}

describe('IsOneOf', () => {
  it.each([
    [['red', 'green'], 'green'],
    [{ Red: 'red', Green: 'green' }, 'red'],
    [[1, 2], 2],
    [Size, Size.Large],
  ])('of %j takes %j', async (choices, value) => {
    expect(await read(IsOneOf(choices), value)).toEqual({ value });
  });

  it.each([
    [['red', 'green'], 'blue', 'red, green'],
    [['red', 'green'], 'Red', 'red, green'],
    [['red', 'green'], ['red'], 'red, green'],
    [['red', 'green'], 'length', 'red, green'],
    [{ Red: 'red', Green: 'green' }, 'Red', 'red, green'],
    [{ Red: 'red', Green: 'green' }, 'constructor', 'red, green'],
    [[1, 2], '1', '1, 2'],
    [Size, 'Small', '0, 1'],
    [Size, 2, '0, 1'],
    [Size, null, '0, 1'],
  ])('of %j refuses %j', async (choices, value, listed) => {
    expect(await read(IsOneOf(choices), value)).toEqual({
      says: [`field must be one of ${listed}`],
    });
  });
});
