import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { IsPhone } from './phone.decorators.js';

describe('IsPhone', () => {
  it.each([
    ['+493012345678', '+493012345678'],
    ['+49 30 1234 5678', '+493012345678'],
    ['+49 (0)30 12345678', '+493012345678'],
    ['+1 (212) 555-2368', '+12125552368'],
    ['+44 20 7946 0958', '+442079460958'],
    ['+33 6 12 34 56 78', '+33612345678'],
    ['+81 90-1234-5678', '+819012345678'],
    ['+800 1234 5678', '+80012345678'],
  ])('takes %j as %j', async (given, kept) => {
    expect(await read(IsPhone(), given)).toEqual({ value: kept });
  });

  it.each<[unknown, string]>([
    ['030 12345678', 'no country code'],
    ['493012345678', 'no plus'],
    ['+999 123456789', 'no country’s code'],
    ['+1 111 111 1111', 'no area’s code'],
    ['+49 30', 'too few digits'],
    ['+4930123456789012345', 'too many digits'],
    ['+1 212 555 2368 ext. 5', 'an extension, which E.164 does not have'],
    ['+1-800-FLOWERS', 'letters'],
    ['call +493012345678', 'words around it'],
    ['+493012345678\n', 'a line break'],
    ['+４９３０１２３４５６７８', 'digits of another width'],
    [`+${'1'.repeat(100_000)}`, 'a hundred thousand digits'],
    ['', 'nothing'],
    [493_012_345_678, 'a number'],
    [null, 'null'],
  ])('refuses %j: %s', async (value) => {
    const says = ['field must be a telephone number with its country code, such as +493012345678'];
    expect(await read(IsPhone(), value)).toEqual({ says });
  });

  it('reads national numbers of the country that it is told', async () => {
    const here = IsPhone({ country: 'DE' });
    expect(await read(here, '030 12345678')).toEqual({ value: '+493012345678' });
    expect(await read(here, '+1 212 555 2368')).toEqual({ value: '+12125552368' });
    expect(await read(here, '12')).toEqual({ says: ['field must be a telephone number'] });
  });
});
