import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { isCommonPassword } from './common-passwords.js';
import { IsStrongPassword } from './password.decorators.js';

const CORPUS = '../shared/data/common_passwords_min8.txt';
const hasCorpus = existsSync(CORPUS);
if (!hasCorpus) process.stderr.write(`skipped: the list of common passwords, no ${CORPUS}\n`);

const email = 'ada.lovelace@example.com';

describe('IsStrongPassword', () => {
  it.each([
    ['correct horse battery staple', 'a long passphrase in lower case'],
    ['correcthorsebatterystaple', 'without blanks'],
    ['xkwpvzqj', 'eight letters'],
    ['73829164', 'eight digits that are not common'],
    ['  two blanks at both ends  ', 'kept as it is'],
    ['пароль-длинный', 'any script'],
    ['🦉🌲🎻🧭🪁🫖🥁🪵', 'eight characters of sixteen UTF-16 units'],
    ['q'.repeat(127) + 'z', '128 characters'],
    ['🦉🌲'.repeat(64), '128 characters of 256 UTF-16 units'],
    ['my name is ada.lovelace', 'a passphrase with the name in it'],
  ])('takes %j: %s', async (password) => {
    expect(await read(IsStrongPassword(), password, { email })).toEqual({ value: password });
  });

  it.each([
    ['', 'nothing'],
    ['xkwpvzq', 'seven characters'],
    ['🦉🌲🎻🧭🪁🫖🥁', 'seven characters of fourteen UTF-16 units'],
    ['q'.repeat(128) + 'z', '129 characters'],
    ['x'.repeat(1_000_000), 'a megabyte'],
  ])('refuses %j: %s', async (password) => {
    const says = ['field must have 8 to 128 characters'];
    expect(await read(IsStrongPassword(), password, { email })).toEqual({ says });
  });

  it.each([
    'password',
    'PassWord',
    'password123',
    '12345678',
    'qwertyuiop',
    'trustno1',
    'backspace',
  ])('refuses %j, which is common', async (password) => {
    const says = ['field must not be one of the passwords that are tried first'];
    expect(await read(IsStrongPassword(), password, { email })).toEqual({ says });
  });

  it.each([
    'ada.lovelace',
    'Ada.Lovelace1815',
    'ada.lovelaceada.lovelace',
    'aerie2026!',
    'AerieAerie',
  ])('refuses %j, which begins with a guess', async (password) => {
    const says = ['field must have 8 characters beside the name in your e-mail address and ours'];
    expect(await read(IsStrongPassword(), password, { email })).toEqual({ says });
  });

  it.each([12_345_678, ['xkwpvzqj'], { length: 12 }, null, undefined])(
    'refuses %j, which is no text',
    async (value) => {
      const says = ['field must have 8 to 128 characters'];
      expect(await read(IsStrongPassword(), value, { email })).toEqual({ says });
    },
  );

  it.each(['xkwp\0vzqj', 'xkwpvzqj\ud800'])('refuses %j, which is broken', async (value) => {
    const says = ['field must be text without NUL characters or broken Unicode'];
    expect(await read(IsStrongPassword(), value, { email })).toEqual({ says });
  });

  it.each([undefined, null, 1, 'no address', 'ada@example.com', '@'])(
    'does without a name when the e-mail address is %j',
    async (address) => {
      const sibling = { email: address };
      expect(await read(IsStrongPassword(), 'ada-xkwpvz', sibling)).toEqual({
        value: 'ada-xkwpvz',
      });
    },
  );

  it.skipIf(!hasCorpus)('refuses every one of the 10 000 most common of its length', () => {
    const common = readFileSync(CORPUS, 'utf8').trim().split('\n');
    expect(common.length).toBeGreaterThanOrEqual(3_000);
    expect(common.filter((password) => !isCommonPassword(password))).toEqual([]);
    expect(common.filter((password) => !isCommonPassword(password.toUpperCase()))).toEqual([]);
  });
});
