import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { IsId } from './id.decorators.js';

const ID = '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11';

describe('IsId', () => {
  it.each([
    [ID, ID],
    [ID.toUpperCase(), ID],
    ['f47ac10b-58cc-4372-a567-0e02b2c3d479', 'f47ac10b-58cc-4372-a567-0e02b2c3d479'],
  ])('takes %j as %j', async (given, kept) => {
    expect(await read(IsId(), given)).toEqual({ value: kept });
  });

  it.each([
    '00000000-0000-0000-0000-000000000000',
    `{${ID}}`,
    `urn:uuid:${ID}`,
    ID.replaceAll('-', ''),
    `${ID}\n`,
    ` ${ID}`,
    `${ID}0`,
    '1',
    '',
    1,
    [ID],
    null,
  ])('refuses %j', async (value) => {
    expect(await read(IsId(), value)).toEqual({ says: ['field must be a UUID'] });
  });
});
