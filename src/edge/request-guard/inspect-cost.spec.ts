import { describe, expect, it } from 'vitest';
import { inspectText } from './inspect.js';

// Each unit repeated is the worst case of some lexer or pattern.
const units = [
  'a',
  ' ',
  "'",
  '"',
  '`',
  '<',
  '<a ',
  '</',
  '<a b="',
  '(',
  ')(',
  '[',
  '{{',
  '${',
  '${${',
  '%25',
  '%c0%af',
  '&amp;',
  '&#0000',
  '\\u0041',
  '\\',
  '../',
  '.',
  '/',
  ';',
  ';id ',
  '|',
  '&&',
  '\n',
  '\r\n',
  '=',
  '#',
  '--',
  '/*',
  '@',
  '@{',
  "' or ",
  '1or ',
  '0xa',
  'or\t',
  'select ',
  'union select ',
  'on',
  '" on',
  'a=1 ',
  'http://',
  '＜',
  '\u0000',
  '\ud800',
  'QUJD',
  '$(',
  '0x',
  'document.',
  'while(',
  '1,',
  "s'a",
  '<!--',
  '{a,',
  ' \t',
  '*)(',
];

const million = 1_000_000;

/** Of the processor, not of the clock: other processes may be waiting for it too. */
function milliseconds(text: string): number {
  const before = process.cpuUsage();
  inspectText(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('the cost of inspecting', () => {
  it.each(units)('is linear for %j repeated', (unit) => {
    const small = unit.repeat(Math.ceil(30_000 / unit.length));
    const large = unit.repeat(Math.ceil(240_000 / unit.length));
    milliseconds(small);
    const before = Math.min(milliseconds(small), milliseconds(small));
    // Eight times the text: 64 times the work if it were quadratic. Room for a busy machine.
    const after = Math.min(milliseconds(large), milliseconds(large));
    expect(after).toBeLessThan(before * 30 + 150);
  });

  it('takes a megabyte of prose, JSON or markup in bounded time', () => {
    for (const unit of [
      'It\'s a "fine" day; we\'ll see (or not) & so on.\n',
      '{"a":"b",',
      '<p class="x">y</p>',
    ]) {
      expect(milliseconds(unit.repeat(Math.ceil(million / unit.length)))).toBeLessThan(5_000);
    }
  });
});
