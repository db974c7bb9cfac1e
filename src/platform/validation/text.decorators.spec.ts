import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { HasNoSpecialCharacters, IsAlphanumericText, IsSlug, IsText } from './text.decorators.js';

describe('IsText', () => {
  it.each([
    ['a', 'one character'],
    ['abcde', 'as many as it may have'],
    ['👩🏽‍🚀', 'characters beyond the basic plane, counted one by one'],
    ['𝔘𝔫𝔦𝔠𝔬', 'five of them, which are ten UTF-16 units'],
    [' a\n ', 'blanks, kept'],
    ["'--<&", 'what another system might mistake for code'],
  ])('takes %j: %s', async (text) => {
    expect(await read(IsText({ max: 5 }), text)).toEqual({ value: text });
  });

  it.each<[unknown, string]>([
    ['', 'nothing'],
    ['abcdef', 'one too many'],
    ['𝔘𝔫𝔦𝔠𝔬𝔡', 'one too many beyond the basic plane'],
    ['x'.repeat(1_000_000), 'a megabyte'],
    [12_345, 'a number'],
    [['a'], 'a list'],
    [{ length: 3 }, 'an object'],
    [null, 'null'],
    [undefined, 'no value'],
  ])('refuses %j: %s', async (value) => {
    const says = ['field must be text of 1 to 5 characters'];
    expect(await read(IsText({ max: 5 }), value)).toEqual({ says });
  });

  it.each(['a\0b', '\ud800', '\udc00a'])(
    'refuses %j, which PostgreSQL cannot store',
    async (text) => {
      const says = ['field must be text without NUL characters or broken Unicode'];
      expect(await read(IsText({ max: 5 }), text)).toEqual({ says });
    },
  );

  it('takes the blanks off before it counts, when told to', async () => {
    expect(await read(IsText({ max: 3, trim: true }), '  abc  ')).toEqual({ value: 'abc' });
    const says = ['field must be text of 1 to 3 characters'];
    expect(await read(IsText({ max: 3, trim: true }), '   ')).toEqual({ says });
  });

  it('says its bounds in words', async () => {
    expect(await read(IsText({ min: 0, max: 2 }), 'abc')).toEqual({
      says: ['field must be text of at most 2 characters'],
    });
    expect(await read(IsText({ min: 3, max: 3 }), 'ab')).toEqual({
      says: ['field must be text of 3 characters'],
    });
    expect(await read(IsText({ min: 1, max: 1 }), 'ab')).toEqual({
      says: ['field must be text of 1 character'],
    });
  });
});

describe('IsAlphanumericText', () => {
  it.each(['A', 'AB12', 'zz99'])('takes %j', async (text) => {
    expect(await read(IsAlphanumericText({ max: 4 }), text)).toEqual({ value: text });
  });

  it.each(['', 'ABC12', 'A-1', 'A 1', 'A\n', 'é', '１２', 'Ａ', 12, null])(
    'refuses %j',
    async (value) => {
      const says = ['field must be 1 to 4 characters, letters A to Z and digits only'];
      expect(await read(IsAlphanumericText({ max: 4 }), value)).toEqual({ says });
    },
  );
});

describe('IsSlug', () => {
  it.each(['a', '7', 'ada-2-go', 'abcdefghij'])('takes %j', async (text) => {
    expect(await read(IsSlug({ max: 10 }), text)).toEqual({ value: text });
  });

  it.each(['', 'abcdefghijk', 'Ada', '-a', 'a-', 'a--b', 'a_b', 'a b', 'a\n', 'é', '１', 7, null])(
    'refuses %j',
    async (value) => {
      const says = [
        'field must be 1 to 10 characters, a to z and digits, with single hyphens between them',
      ];
      expect(await read(IsSlug({ max: 10 }), value)).toEqual({ says });
    },
  );
});

describe('HasNoSpecialCharacters', () => {
  it.each([
    'Ada Lovelace',
    "O'Brien",
    'O’Brien',
    'Jean-Luc Picard Jr.',
    'Łukasz Żółć',
    'नरेन्द्र',
    '田中 太郎',
    'عمر',
    'Henry 8',
    '',
  ])('takes %j', async (text) => {
    expect(await read(HasNoSpecialCharacters(), text)).toEqual({ value: text });
  });

  it.each([
    '<b>',
    'a@b',
    'a_b',
    'a/b',
    'a;b',
    'a\nb',
    'a\tb',
    'a\0',
    'a\u202eb',
    'a\u200bb',
    '😀',
    1,
  ])('refuses %j', async (value) => {
    const says = ["field must have only letters, digits, blanks and - ' . in it"];
    expect(await read(HasNoSpecialCharacters(), value)).toEqual({ says });
  });
});
