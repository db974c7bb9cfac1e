import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { IsInstant } from './time.decorators.js';

describe('IsInstant', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.5+02:00', '2026-01-31T10:00:00.500Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ])('takes %j as %j', async (given, kept) => {
    expect(await read(IsInstant(), given)).toEqual({ value: new Date(kept) });
  });

  it.each([
    'yesterday',
    '0',
    '2026',
    '2026-01-31T12:00:00',
    '2026-02-31T25:00:00Z',
    '0000-01-01',
    '-200000-01-01T00:00:00Z',
    '+275760-09-13',
    '',
    0,
    ['2026-01-31'],
    null,
  ])('refuses %j', async (value) => {
    expect(await read(IsInstant(), value)).toEqual({
      says: ['field must be a time such as 2026-01-31T12:00:00Z, or a day'],
    });
  });
});
