import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { EndsAfter, IsIsoDate } from './date.decorators.js';

describe('IsIsoDate', () => {
  it.each(['2026-01-31', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])(
    'takes %j',
    async (date) => {
      expect(await read(IsIsoDate(), date)).toEqual({ value: date });
    },
  );

  it.each([
    '2026-02-30',
    '2025-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-01-01',
    '2026-1-1',
    '20260101',
    '01/02/2026',
    '2026-01-01T00:00:00Z',
    '+002026-01-01',
    '2026-01-01\n',
    '２０２６-01-01',
    '',
    20_260_101,
    null,
  ])('refuses %j', async (value) => {
    const says = ['field must be a date that exists, as YYYY-MM-DD'];
    expect(await read(IsIsoDate(), value)).toEqual({ says });
  });
});

describe('EndsAfter', () => {
  it.each<[unknown, unknown, string]>([
    ['2026-01-01', '2026-01-02', 'the day after'],
    ['2026-01-01', '2026-01-31', 'as long as it may be'],
    ['2026-03-28', '2026-03-30', 'over a change of clocks'],
    ['2026-01-01T10:00:00Z', '2026-01-01T10:00:01Z', 'a second later'],
    [new Date('2026-01-01'), new Date('2026-01-02'), 'dates that are already parsed'],
    [undefined, '2026-01-02', 'without a start'],
    ['never', '2026-01-02', 'with a start that the other field refuses'],
  ])('from %s takes %s: %s', async (start, end) => {
    const range = EndsAfter('start', { maxDays: 30 });
    expect(await read(range, end, { start })).toEqual({ value: end });
  });

  it.each<[unknown, unknown, string]>([
    ['2026-01-02', '2026-01-01', 'before it starts'],
    ['2026-01-01', '2026-01-01', 'when it starts'],
    ['2026-01-01', '2026-02-01', 'too late'],
    [new Date('2026-01-02'), new Date('2026-01-01'), 'before it starts'],
  ])('from %s refuses %s: %s', async (start, end) => {
    const range = EndsAfter('start', { maxDays: 30 });
    const says = ['field must be after start, by at most 30 days'];
    expect(await read(range, end, { start })).toEqual({ says });
  });

  it('may go on for ever', async () => {
    expect(await read(EndsAfter('start'), '9999-12-31', { start: '0001-01-01' })).toEqual({
      value: '9999-12-31',
    });
    expect(await read(EndsAfter('start'), '2025-01-01', { start: '2026-01-01' })).toEqual({
      says: ['field must be after start'],
    });
  });
});
